"""Write tables as they are: CSV in a zip that is itself a return, and Parquet.

In: what leaves. Out: files by name. Guaranteed: the zip of one agency is read back as its return; no cell is a formula;
no file holds the time at which it was made.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator, Mapping

import pyarrow as pa
import pyarrow.parquet as pq

from traboule.core.csv_tables import csv_table
from traboule.exchange.selection import MISSING, Selection
from traboule.returns.form import COVER

_NO_TIME = (1980, 1, 1, 0, 0, 0)
_SEPARATOR = ";"


def csv(selection: Selection) -> Mapping[str, bytes]:
    """Return one zip with a CSV file a table that has rows, and the cover."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in selection.tables:
            lines = _cover_lines(selection) if name == COVER else _lines(selection, name)
            content = csv_table(lines)
            if name == COVER or selection.tables[name].num_rows:
                archive.writestr(zipfile.ZipInfo(f"{name}.csv", _NO_TIME), content, zipfile.ZIP_DEFLATED)
    return {f"{selection.operation}.csv.zip": packed.getvalue()}


def parquet(selection: Selection) -> Mapping[str, bytes]:
    """Return one Parquet file a table that has rows."""
    files = {}
    for name, table in selection.tables.items():
        if table.num_rows:
            sink = pa.BufferOutputStream()
            pq.write_table(table, sink, compression="zstd")
            files[f"{selection.operation}.{name}.parquet"] = sink.getvalue().to_pybytes()
    return files


def _lines(selection: Selection, table: str) -> Iterator[list[object]]:
    names = [name for name in selection.tables[table].column_names if name != MISSING]
    yield [*names]
    for row in selection.rows(table):
        reasons = json.loads(row.get(MISSING) or "{}")
        yield [reasons.get(name) if row[name] is None else _cell(row[name]) for name in names]


def _cover_lines(selection: Selection) -> Iterator[list[object]]:
    """Yield the cover as a form, its labels on the left, where one agency filed; else as a table."""
    covers = selection.tables[COVER]
    if len({(row["state"], row["agency"]) for row in covers.to_pylist()}) == 1:
        latest = covers.slice(covers.num_rows - 1).to_pylist()[0]
        yield from ([name, _cell(value)] for name, value in latest.items() if value is not None)
        return
    yield list(covers.column_names)
    yield from ([_cell(value) for value in row.values()] for row in covers.to_pylist())


def _cell(value: object) -> object:
    if isinstance(value, list):
        return _SEPARATOR.join(map(str, value))
    return value if value is None or isinstance(value, int | float | str) else str(value)
