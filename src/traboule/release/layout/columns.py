"""Fold and size the columns of tables for formats whose own columns cannot break a table evenly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from traboule.release.layout.arrangement import number_parts

LETTER, PADDING = 0.2, 0.55  # Centimetres of a letter in a table, and of both edges of a cell.
SENTENCES = 1.5  # How much wider than a column of titles one of sentences is.


def side_by_side(block: dict[str, Any], most: int) -> Iterator[dict[str, Any]]:
    """Yield a folded table as tables of ``most`` rows at most that hold its columns several times beside each other.

    For formats whose columns cannot break a table evenly. Rows run down the first columns, then down the next.
    """
    fold, body, parts = block["fold"], block["rows"][1:], block["parts"]
    for begin in range(0, len(body), most * fold):
        end = min(len(body), begin + most * fold)
        length = -(-(end - begin) // fold)
        lines = [range(begin + line, end, length) for line in range(length)]
        width = len(block["rows"][0]) * fold
        yield {
            **block,
            "fold": 1,
            "rows": [block["rows"][0] * fold, *(_row_of(line, body, width, "") for line in lines)],
            "parts": [_row_of(line, parts, width, number_parts("")) for line in lines],
            "depths": [0] * (length + 1),
            "beside": fold,
        }


def _row_of(places: Sequence[int], rows: Sequence[Sequence[Any]], width: int, nothing: Any) -> list[Any]:
    cells = [cell for place in places for cell in rows[place]]
    return [*cells, *(nothing for _ in range(width - len(cells)))]


def widths(block: Mapping[str, Any], total: float) -> list[float]:
    """Return the width of each column in centimetres: numbers take what they need, texts share what is left."""
    head, columns = block["rows"][0], len(block["rows"][0])
    per_fold = columns // block.get("beside", 1)
    if block["even"]:
        return [total / columns] * columns
    texts = {column for column in range(columns) if column % per_fold == 0 or column in block["prose"]}
    sizes = {
        column: PADDING
        + LETTER
        * max(
            1.2 * max(map(len, head[column].split()), default=0),
            *(len(row[column]) for row in block["rows"][1:] if column < len(row) - (len(row) < columns)),
        )
        for column in range(columns)
        if column not in texts
    }
    shares = {column: SENTENCES if column in block["prose"] else 1.0 for column in texts}
    share = (total - sum(sizes.values())) / sum(shares.values())
    return [sizes[column] if column in sizes else share * shares[column] for column in range(columns)]
