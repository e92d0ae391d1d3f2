"""Write GraphML: a node a row, an edge a reference from one row to another.

In: what leaves. Out: one file. Guaranteed: every row and field that leaves is in it; an edge leads only to a node that
is there; a character that XML cannot hold is written as U+FFFD. Source: GraphML 1.0 and its attribute extension.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from traboule.exchange.selection import OWNER, Selection
from traboule.returns.form import form

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation='
    '"http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">\n'
)
_UNHOLDABLE = re.compile("[^\\t\\n\\r\\u0020-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")
_TABLE = "table"
_REFERENCES = {"person": "people", "action": "actions"}


def graph(selection: Selection) -> Mapping[str, bytes]:
    """Return the graph of everything that leaves."""
    return {f"{selection.operation}.graphml": "".join(_lines(selection)).encode()}


def _lines(selection: Selection) -> Iterator[str]:
    fields = [_TABLE, *OWNER, *(name for table in form().tables.values() for name in table.fields)]
    yield _HEAD
    for name in dict.fromkeys(fields):
        yield f'<key id="{name}" for="node" attr.name="{name}" attr.type="string"/>\n'
    yield '<key id="reference" for="edge" attr.name="reference" attr.type="string"/>\n'
    yield f'<graph id={_quoted(selection.operation)} edgedefault="directed">\n'
    for table in selection.tables:
        for number, row in enumerate(selection.rows(table), start=1):
            yield _node(table, _name(table, row, number), row)
    nodes = {table: set(selection.tables[table]["record"].to_pylist()) for table in _REFERENCES.values()}
    for table in selection.tables:
        for number, row in enumerate(selection.rows(table), start=1):
            yield from _edges(_name(table, row, number), row, nodes)
    yield "</graph>\n</graphml>\n"


def _node(table: str, name: str, row: Mapping[str, Any]) -> str:
    columns = [*OWNER, *form().tables[table].fields]
    filled = {column: row[column] for column in columns if row.get(column) not in (None, [])}
    lines = "".join(
        f'<data key="{column}">{_text(value)}</data>' for column, value in {_TABLE: table, **filled}.items()
    )
    return f"<node id={_quoted(name)}>{lines}</node>\n"


def _edges(name: str, row: Mapping[str, Any], nodes: Mapping[str, set[Any]]) -> Iterator[str]:
    for reference, table in _REFERENCES.items():
        record = row.get(f"{reference}_record")
        if record in nodes[table]:
            target = _quoted(f"{table}:{record}")
            yield f'<edge source={_quoted(name)} target={target}><data key="reference">{reference}</data></edge>\n'


def _name(table: str, row: Mapping[str, Any], number: int) -> str:
    return f"{table}:{row.get('record') or number}"


def _text(value: object) -> str:
    written = ";".join(map(str, value)) if isinstance(value, list) else str(value)
    return escape(_UNHOLDABLE.sub("\ufffd", written))


def _quoted(text: str) -> str:
    return quoteattr(_UNHOLDABLE.sub("\ufffd", text))
