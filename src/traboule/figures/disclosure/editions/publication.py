"""Represent what a release says of the figures, with the true counts behind it.

In: figures, headlines, tables, stories, stated changes. Out: :class:`Publication` and its cells. Guaranteed: the key of
a cell says what it counts: ``figure``, ``figure/dimension/code``, ``declared/figure``; pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from traboule.core.codes import vocabulary
from traboule.figures.definition import dictionary
from traboule.figures.disclosure.cells import Cell
from traboule.figures.disclosure.contributors import STATE, WHOLE, CellContributors, FigureContributors
from traboule.figures.figure import Figure, FigureSet
from traboule.figures.resolved.breakdown import UNSPECIFIED

OTHER_CODE = "other"
DECLARED = "declared"
# The reason of a change whose reasons are not published one by one.
TOGETHER = "together"
PrintedTable = tuple[tuple[str, int | None], ...]
Tables = Mapping[tuple[str, str], PrintedTable]
Reasons = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class StoryCount:
    """The number of persons that a case story states: of which figure, how many, and whether "at least" that many."""

    figure: str
    persons: int
    at_least: bool = False


@dataclass(frozen=True, slots=True)
class Publication:
    """What a release says.

    ``lines``: headline -> value, stated exactly; ``held_back`` the headlines that it does not publish; ``declared``:
    headline -> how much of it was declared without rows, None where it does not say. ``tables``: (figure, dimension) ->
    (code, count or None for suppressed). ``changes``: figure -> the changes since the last release that it names, by
    reason; ``since``: all of them, as counted. ``contributors``: who contributes to its cells; ``controlled``: its
    tables are in controlled rounding, without suppression.
    """

    name: str
    figures: FigureSet
    lines: Mapping[str, int]
    tables: Tables = field(default_factory=dict)
    stories: Mapping[str, StoryCount] = field(default_factory=dict)
    changes: Mapping[str, Reasons] = field(default_factory=dict)
    contributors: FigureContributors = field(default_factory=dict)
    controlled: bool = False
    held_back: tuple[str, ...] = ()
    declared: Mapping[str, int | None] = field(default_factory=dict)
    since: Mapping[str, Reasons] = field(default_factory=dict)

    def figure(self, name: str) -> Figure:
        """Return the figure ``name`` as counted."""
        return self.figures.figures[name]

    def contributors_of(self, figure: str, dimension: str, code: str) -> CellContributors | None:
        """Return who contributes to a cell; None where that is not known."""
        return self.contributors.get(figure, {}).get(dimension, {}).get(code)

    def reasons(self, name: str) -> Reasons:
        """Return why a headline changed since the last release, as counted; as named where that is not known."""
        return self.since.get(name, self.changes.get(name, ()))

    def headline_cell(self, name: str) -> Cell:
        """Return a headline, whether or not it is published."""
        cell = replace(new_cell(name, self.figure(name).value, self.figure(name)), total=True, listed=True)
        return with_contributors(cell, self.contributors_of(name, WHOLE, WHOLE))

    def declared_cell(self, name: str) -> Cell:
        """Return the part of a headline that states declared without rows: one incident of each of them."""
        figure = self.figure(name)
        own = {entry.state: entry.value for entry in figure.declared}
        cell = replace(new_cell(declared_key(name), figure.declared_only, figure), total=True, listed=True)
        return with_contributors(cell, (len(own), max(own.values(), default=0), own))

    def table_cell(self, figure: str, dimension: str, code: str) -> Cell:
        """Return a cell of a table, which readers know not to be empty because it is listed."""
        figure_code = UNSPECIFIED if code == OTHER_CODE else code
        value = self.figure(figure).breakdowns[dimension].get(figure_code, (0, 0, 0))[0]
        minors = is_minor(dimension, code)
        cell = replace(
            new_cell(key_of(figure, dimension, code), value, self.figure(figure), minors=minors), listed=True
        )
        cell = with_contributors(cell, self.contributors_of(figure, dimension, figure_code))
        return replace(cell, state=code) if dimension == STATE and code != OTHER_CODE else cell


def with_contributors(cell: Cell, contributors: CellContributors | None) -> Cell:
    """Return ``cell`` with the number of its incidents, its largest contribution, and what each state filed of it."""
    if contributors is None:
        return cell
    incidents, largest, own = contributors
    return replace(cell, incidents=incidents, largest=largest, own=own)


def new_cell(key: str, value: int, figure: Figure, *, minors: bool = False) -> Cell:
    """Return a cell of ``figure``; it counts minors where the figure does."""
    definition = dictionary().get(figure.id)
    about_minors = minors or (definition is not None and definition.requires == "minor")
    return Cell(key, value, people=figure.unit == "person", minors=about_minors)


def is_minor(dimension: str, code: str) -> bool:
    """Return whether a cell counts only persons under 18; a cell of unknown age does not."""
    if dimension != "age_band" or code not in vocabulary("age_bands").codes:
        return False
    end = vocabulary("age_bands").attribute(code, "high")
    return isinstance(end, int) and end < 18


def key_of(figure: str, dimension: str, code: str) -> str:
    """Return the key of a cell of a table."""
    return f"{figure}/{dimension}/{code}"


def declared_key(figure: str) -> str:
    """Return the key of what states declared of a headline without rows."""
    return f"{DECLARED}/{figure}"
