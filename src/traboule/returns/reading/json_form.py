"""Read a JSON return as grids.

In: ``{"cover": {…}, "people": [{…}, …], …}`` with tables and fields under their identifiers or their labels in any
language. Out: a Grid a table. Guaranteed: nothing is read twice or lost; a duplicate name is refused.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from traboule.core.errors import Refused
from traboule.returns.reading.encoding import decoded
from traboule.returns.reading.grid import Grid, Value, clean
from traboule.returns.reading.prescan import MOST_COLUMNS, MOST_ROWS


def grids(content: bytes, file_name: str) -> tuple[list[Grid], dict[str, str]]:
    """Return the tables in the file's order, and the file's own plain entries (such as ``language``) by name.

    Raises Refused: file-json, file-rows, file-far-cell.
    """

    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        entries = dict(pairs)
        if len(entries) != len(pairs):
            raise ValueError("a name is given twice")
        return entries

    def no_number(constant: str) -> object:
        raise ValueError(f"{constant} is no number")

    try:
        text, encoding = decoded(content)
        if encoding.startswith("cp"):
            raise ValueError("neither UTF-8 nor UTF-16")
        loaded = json.loads(text, object_pairs_hook=once, parse_constant=no_number)
    except (ValueError, RecursionError) as error:
        raise Refused("file-json", file=file_name) from error
    if not isinstance(loaded, dict):
        raise Refused("file-json", file=file_name)
    tables: list[Grid] = []
    properties: dict[str, str] = {}
    for name, table in loaded.items():
        if isinstance(table, Mapping):
            tables.append(_grid(name, [table], file_name))
        elif isinstance(table, list) and all(isinstance(row, Mapping) for row in table):
            tables.append(_grid(name, table, file_name))
        elif isinstance(table, str):
            properties[name] = table
        else:
            raise Refused("file-json", file=file_name)
    return tables, properties


def _grid(name: str, table: list[Mapping[str, object]], file_name: str) -> Grid:
    """Return one table with its names as a header row numbered 0; the entries of the list are counted from 1."""
    if len(table) > MOST_ROWS:
        raise Refused("file-rows", file=file_name, sheet=name, most=MOST_ROWS)
    columns = list(dict.fromkeys(column for row in table for column in row))
    if len(columns) > MOST_COLUMNS:
        limits = {"rows": MOST_ROWS, "columns": MOST_COLUMNS}
        raise Refused("file-far-cell", file=file_name, sheet=name, cell=columns[MOST_COLUMNS][:60], **limits)
    header: list[Value] = [column.strip() or None for column in columns]
    rows: list[tuple[int, list[Value]]] = [(0, header)]
    for number, row in enumerate(table, start=1):
        rows.append((number, [_plain(row.get(column)) for column in columns]))
    return Grid(name=name, rows=rows, lettered=False, header_first=True)


def _plain(value: object) -> Value:
    """Return a value as a cell would hold it: a list as one text, anything deeper as its own JSON."""
    if isinstance(value, list) and all(isinstance(item, str | int | float) for item in value):
        return clean("; ".join(str(item) for item in value))
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    return clean(value)
