"""A figure as data: value, range, breakdowns, and the records whose count it is.

Comes in: what counting found. Goes out: JSON, canonical, and the same objects back from it.
Promises: ``value`` = ``counted`` + ``declared_only``; ``low`` <= ``value`` <= ``high``, and ``likely`` lies between low
and high; ``counted`` is the number of ``contributing`` records, or the sum of their ``amounts`` where records carry
counts; equal figures, equal bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from traboule.core.errors import NotFound
from traboule.figures.resolved.breakdown import UNSPECIFIED, Cell


@dataclass(frozen=True, slots=True)
class Declared:
    """What one state declared without rows: it enters as declared, shown apart, never deduplicated against rows."""

    state: str
    value: int
    low: int
    high: int
    precision: str


@dataclass(frozen=True, slots=True)
class Compared:
    """What one state declared beside its rows (rule 6). Neither overwrites the other; a gap goes back to the filer."""

    state: str
    declared: int
    counted: int
    precision: str

    @property
    def gap(self) -> int:
        """Return how much more was declared than counted."""
        return self.declared - self.counted


@dataclass(frozen=True, slots=True)
class Remark:
    """Something noticed while counting; its sentence stands in ``resolved/remarks.yaml`` under ``code``."""

    code: str
    figure: str
    state: str = ""
    values: Mapping[str, int | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure. ``rows`` is the undeduplicated number of rows (or of units they carry), ``held`` rows at the door.

    ``breakdowns``: dimension -> code -> (value, low, high) with "unspecified" for the rest. ``contributing`` names the
    smallest record of each thing counted, in order; ``amounts`` stands beside it where those carry counts.
    ``likely`` is the range that holds the figure nine times in ten by the probabilities of its open links, None where
    nobody drew them (a recount without detail, a run kept before they were drawn); it need not hold ``value``.
    """

    id: str
    unit: str
    qualifier: str | None
    value: int
    low: int
    high: int
    rows: int
    counted: int
    declared_only: int
    held: int
    precision: str
    of: str | None
    breakdowns: Mapping[str, Mapping[str, Cell]]
    contributing: tuple[str, ...] = ()
    amounts: tuple[int, ...] = ()
    declared: tuple[Declared, ...] = ()
    compared: tuple[Compared, ...] = ()
    likely: tuple[int, int] | None = None

    def drilled(self) -> int:
        """Return the figure as its drill-down adds it up."""
        records = sum(self.amounts) if self.amounts else len(self.contributing)
        return records + sum(one.value for one in self.declared)

    def union(self, dimension: str) -> int:
        """Return how much of the whole any cell of ``dimension`` specifies (rule 8: a union where cells overlap)."""
        return self.value - self.breakdowns[dimension].get(UNSPECIFIED, (0, 0, 0))[0]


@dataclass(frozen=True, slots=True)
class FigureSet:
    """All figures of one operation at one instant.

    ``inputs_hash`` names everything they were counted from and ``dictionary_hash`` the definitions. ``extra`` holds
    counts that are no figures: "pre" and "post" (facts outside the operation, rule 9, by figure), "undated" facts
    that count for want of a date, persons who are arrested and possible victims at once (rule 15, to be screened),
    and open links, and "overlap" (persons by the states that filed them, by figure; see ``unseen``), which stays at
    the desk. ``other_declared`` are declared measures that enter no figure: (state, measure, value, precision).
    """

    operation: str
    as_of: str
    inputs_hash: str
    dictionary_hash: str
    figures: Mapping[str, Figure]
    extra: Mapping[str, Any] = field(default_factory=dict)
    other_declared: tuple[tuple[str, str, int, str], ...] = ()
    remarks: tuple[Remark, ...] = ()

    def figure(self, figure_id: str) -> Figure:
        """Return one figure; NotFound where the operation does not ask for it."""
        if figure_id not in self.figures:
            raise NotFound("figure-unknown", figure=figure_id)
        return self.figures[figure_id]

    def without_records(self) -> FigureSet:
        """Return the same figures without the records behind them and their overlap: what may leave the desk."""
        bare = {name: replace(one, contributing=(), amounts=()) for name, one in self.figures.items()}
        extra = {name: one for name, one in self.extra.items() if name != "overlap"}
        return replace(self, figures=bare, extra=extra)

    def to_data(self) -> dict[str, Any]:
        """Return plain JSON-able data."""
        data = {name: getattr(self, name) for name in ("operation", "as_of", "inputs_hash", "dictionary_hash")}
        data["figures"] = {name: asdict(one) for name, one in self.figures.items()}
        data["extra"] = dict(self.extra)
        data["other_declared"] = [list(one) for one in self.other_declared]
        data["remarks"] = [asdict(one) for one in self.remarks]
        return data

    def to_json(self) -> str:
        """Return canonical JSON: sorted keys, no needless space; equal sets, equal bytes."""
        return json.dumps(self.to_data(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def from_data(data: Mapping[str, Any]) -> FigureSet:
    """Return the set that ``to_data`` gave; figures stand in the order of their ids."""
    figures = {name: _figure(one) for name, one in sorted(data["figures"].items())}
    return FigureSet(
        operation=data["operation"],
        as_of=data["as_of"],
        inputs_hash=data["inputs_hash"],
        dictionary_hash=data["dictionary_hash"],
        figures=figures,
        extra=data["extra"],
        other_declared=tuple((one[0], one[1], one[2], one[3]) for one in data["other_declared"]),
        remarks=tuple(Remark(**one) for one in data["remarks"]),
    )


def from_json(text: str) -> FigureSet:
    """Return the set that ``to_json`` gave."""
    loaded: dict[str, Any] = json.loads(text)
    return from_data(loaded)


def _figure(data: Mapping[str, Any]) -> Figure:
    breakdowns = {
        dimension: {code: (cell[0], cell[1], cell[2]) for code, cell in cells.items()}
        for dimension, cells in data["breakdowns"].items()
    }
    likely = data.get("likely")
    lists = {
        "likely": None if likely is None else (likely[0], likely[1]),
        "contributing": tuple(data["contributing"]),
        "amounts": tuple(data["amounts"]),
        "declared": tuple(Declared(**one) for one in data["declared"]),
        "compared": tuple(Compared(**one) for one in data["compared"]),
    }
    return Figure(**{**data, **lists, "breakdowns": breakdowns})
