"""Represent a figure as data: value, ranges, breakdowns, and the records that it counts.

In: the outcome of counting. Out: canonical JSON, and the same objects from it. Guaranteed: ``value`` = ``counted`` +
``declared_only``; ``low`` <= ``value`` <= ``high``, and ``likely`` lies within them; ``counted`` is the number of
``contributing`` records, or the sum of their ``amounts`` where records carry counts; equal figures, equal bytes.
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
    """What a state declared without rows. It enters as declared, shown separately, not deduplicated against rows."""

    state: str
    value: int
    low: int
    high: int
    precision: str


@dataclass(frozen=True, slots=True)
class DeclaredComparison:
    """What a state with rows declared, and what they count (rule 6). Both are kept; a gap is reported to the filer."""

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
    """A remark on a count; its sentence stands in ``words/remarks.yaml`` under ``code``."""

    code: str
    figure: str
    state: str = ""
    values: Mapping[str, int | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure. ``rows`` is the number of rows (or of the units they carry) before deduplication, ``held`` that of held
    rows.

    ``breakdowns``: dimension -> code -> (value, low, high), with "unspecified" for the remainder. ``contributing``
    names the smallest record of each entity counted, in order; ``amounts`` are their counts where they carry some.
    ``likely`` is the 90 % interval by the probabilities of open links, None where it was not computed (a recount
    without detail, a run stored before there were intervals); ``value`` lies within it.
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
    compared: tuple[DeclaredComparison, ...] = ()
    likely: tuple[int, int] | None = None

    def drilled(self) -> int:
        """Return the figure as its drill-down adds it up."""
        records = sum(self.amounts) if self.amounts else len(self.contributing)
        return records + sum(declared.value for declared in self.declared)

    def union(self, dimension: str) -> int:
        """Return how much of the figure has any code of ``dimension`` (rule 8: a union where cells overlap)."""
        return self.value - self.breakdowns[dimension].get(UNSPECIFIED, (0, 0, 0))[0]


@dataclass(frozen=True, slots=True)
class FigureSet:
    """All figures of one operation at one instant.

    ``inputs_hash`` is the hash of everything counted, ``dictionary_hash`` that of the definitions. ``extra`` has counts
    that are not figures: "pre" and "post" (facts outside the operation, rule 9, by figure), "undated" facts that count
    although they have no date, arrested persons who are possible victims (rule 15, to be screened), open links, links
    "audited", and "overlap" (persons by the states that filed them, by figure; see ``multiple_systems``), which stays
    at the desk.
    ``other_declared`` are declared measures that enter no figure: (state, measure, value, precision).
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
        """Return a figure; NotFound where the operation does not ask for it."""
        if figure_id not in self.figures:
            raise NotFound("figure-unknown", figure=figure_id)
        return self.figures[figure_id]

    def without_records(self) -> FigureSet:
        """Return the same figures without contributing records and overlap: what may leave the desk."""
        bare = {name: replace(figure, contributing=(), amounts=()) for name, figure in self.figures.items()}
        extra = {name: counts for name, counts in self.extra.items() if name != "overlap"}
        return replace(self, figures=bare, extra=extra)

    def to_data(self) -> dict[str, Any]:
        """Return plain JSON-able data."""
        data = {name: getattr(self, name) for name in ("operation", "as_of", "inputs_hash", "dictionary_hash")}
        data["figures"] = {name: asdict(figure) for name, figure in self.figures.items()}
        data["extra"] = dict(self.extra)
        data["other_declared"] = [list(measure) for measure in self.other_declared]
        data["remarks"] = [asdict(remark) for remark in self.remarks]
        return data

    def to_json(self) -> str:
        """Return canonical JSON: sorted keys, no needless space; equal sets, equal bytes."""
        return json.dumps(self.to_data(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def from_data(data: Mapping[str, Any]) -> FigureSet:
    """Return the set that ``to_data`` gave, with figures in the order of their ids."""
    figures = {name: _figure(figure) for name, figure in sorted(data["figures"].items())}
    return FigureSet(
        operation=data["operation"],
        as_of=data["as_of"],
        inputs_hash=data["inputs_hash"],
        dictionary_hash=data["dictionary_hash"],
        figures=figures,
        extra=data["extra"],
        other_declared=tuple((row[0], row[1], row[2], row[3]) for row in data["other_declared"]),
        remarks=tuple(Remark(**remark) for remark in data["remarks"]),
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
        "declared": tuple(Declared(**declared) for declared in data["declared"]),
        "compared": tuple(DeclaredComparison(**comparison) for comparison in data["compared"]),
    }
    return Figure(**{**data, **lists, "breakdowns": breakdowns})
