"""Write GeoJSON: a feature a row, at a point of its country, so that no place leaves.

In: what leaves. Out: one feature collection. Guaranteed: every row is in it once, without geometry where its
country has no point; no field that its declaration drops or generalises is in the properties; a line that crosses the
antimeridian is cut there. Source: RFC 7946, sections 3.1.9 and 3.2.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from traboule.core.language.messages import catalogue
from traboule.exchange.declarations import KEPT, declaration
from traboule.exchange.selection import MISSING, OWNER, Selection

Position = tuple[float, float]

# Which field of a table names the country in which a row is, and where a leg starts and ends.
_COUNTRY = {
    "actions": "country",
    "arrests": "arresting_state",
    "people": "residence",
    "victims": "exploitation_country",
}
# A country that is not named is the reporting state's, as the form says.
_OWNERS_BY_DEFAULT = ("actions", "arrests")
_ENDS = ("from_country", "to_country")
_HALF_CIRCLE, _CIRCLE = 180.0, 360.0


def features(selection: Selection) -> Mapping[str, bytes]:
    """Return one feature collection of everything that leaves."""
    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    lines = ",\n".join(encode(feature) for feature in _features(selection))
    return {f"{selection.operation}.geojson": f'{{"type":"FeatureCollection","features":[\n{lines}\n]}}\n'.encode()}


def _features(selection: Selection) -> Iterator[dict[str, Any]]:
    for table in selection.tables:
        columns = [*OWNER, *_kept_fields(table)]
        for number, row in enumerate(selection.rows(table), start=1):
            stated = {name: _plain(row[name]) for name in columns if row.get(name) not in (None, [])}
            reasons = {name: why for name, why in json.loads(row.get(MISSING) or "{}").items() if name in columns}
            more = {MISSING: reasons} if reasons else {}
            yield {
                "type": "Feature",
                "id": f"{table}:{row.get('record') or number}",
                "geometry": _geometry(table, row),
                "properties": {"table": table, **stated, **more},
            }


@cache
def _kept_fields(table: str) -> tuple[str, ...]:
    places = declaration("geojson").fields
    return tuple(place.field for place in places if place.table == table and place.outcome == KEPT)


@cache
def _points() -> Mapping[str, Position]:
    points = catalogue("traboule.exchange", "country_points.yaml")["points"]
    return {code: (float(longitude), float(latitude)) for code, (longitude, latitude) in points.items()}


def _geometry(table: str, row: Mapping[str, Any]) -> dict[str, Any] | None:
    if table == "legs":
        start, end = (_points().get(row[field]) for field in _ENDS)
        return line(start, end) if start and end else None
    country = row.get(_COUNTRY.get(table, ""))
    if country is None and table in _OWNERS_BY_DEFAULT:
        country = row["owner_state"]
    point = _points().get(str(country))
    return {"type": "Point", "coordinates": list(point)} if point else None


def line(start: Position, end: Position) -> dict[str, Any]:
    """Return the line from ``start`` to ``end`` the shorter way round, in two parts where that crosses 180 degrees."""
    if start == end:
        return {"type": "Point", "coordinates": list(start)}
    if abs(end[0] - start[0]) <= _HALF_CIRCLE:
        return {"type": "LineString", "coordinates": [list(start), list(end)]}
    edge = _HALF_CIRCLE if start[0] > 0 else -_HALF_CIRCLE
    unrolled = end[0] + (_CIRCLE if edge > 0 else -_CIRCLE)
    share = (edge - start[0]) / (unrolled - start[0])
    latitude = round(start[1] + share * (end[1] - start[1]), 1)
    parts = [[list(start), [edge, latitude]], [[-edge, latitude], list(end)]]
    return {"type": "MultiLineString", "coordinates": parts}


def _plain(value: object) -> object:
    return value if isinstance(value, str | int | float | list) else str(value)
