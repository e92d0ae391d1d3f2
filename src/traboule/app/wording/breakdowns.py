"""Cells of breakdowns in words, and in the order in which people look for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from traboule.core.codes import vocabulary

VOCABULARIES = {
    "state": "countries",
    "nationality": "countries",
    "age_band": "age_bands",
    "sex": "sexes",
    "exploitation": "exploitation_types",
    "attribution": "attributions",
    "region": "regions",
}
UNSPECIFIED = "unspecified"


def cell_words(dimension: str, code: str, language: str) -> str:
    """Return the label of a cell's code in ``language``; for a state, with the code."""
    codes = vocabulary(VOCABULARIES[dimension]) if dimension in VOCABULARIES else None
    if codes is None or code not in codes:
        return code
    label = codes.label(code, language)
    return f"{label} ({code})" if VOCABULARIES[dimension] == "countries" else label


def in_order(dimension: str, cells: Mapping[str, Sequence[int]]) -> list[str]:
    """Return the codes of ``cells``, code -> (value, least, most): age bands from the youngest, all others from the
    largest; what is unspecified comes last, however large."""
    return sorted(cells, key=lambda code: (code == UNSPECIFIED, *_place(dimension, code, cells[code][0])))


def _place(dimension: str, code: str, value: int) -> tuple[int, str]:
    if dimension == "age_band":
        bands = vocabulary("age_bands")
        return (list(bands.codes).index(code) if code in bands else 0, code)
    return (-value, code)
