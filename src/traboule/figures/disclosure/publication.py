"""From figures to a release as cells, and back to the tables that may be printed.

Comes in: sets of figures (the truth as counted then) and what each release says of them. Goes out: editions for the
attacker, and for a draft its tables with the hidden cells. Promises: everything a release states as a number of the
figures is a cell here: headline and "of which" lines, tables, case stories, and what it says of its changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from traboule.core.codes import vocabulary
from traboule.core.errors import Invalid
from traboule.figures.definition import dictionary
from traboule.figures.disclosure.audit import Audit, audit
from traboule.figures.disclosure.cells import (
    HIDDEN,
    Between,
    Cell,
    Edition,
    History,
    Relation,
    Said,
    Supposed,
    adjacent,
    exactly,
)
from traboule.figures.disclosure.contributors import REGION, STATE, Backing, regions_of
from traboule.figures.disclosure.rounding import rounded
from traboule.figures.disclosure.rules import Rules
from traboule.figures.disclosure.suppress import suppress
from traboule.figures.figure import Figure, FigureSet
from traboule.figures.resolved.breakdown import UNSPECIFIED

OTHER = "other"
Shown = tuple[tuple[str, int | None], ...]
Tables = Mapping[tuple[str, str], Shown]


@dataclass(frozen=True, slots=True)
class Counted:
    """A number of persons that a case story states: of which figure, how many, and whether "at least" so many."""

    figure: str
    persons: int
    at_least: bool = False


@dataclass(frozen=True, slots=True)
class Publication:
    """What one release says. ``lines``: figure -> value, stated exactly. ``tables``: (figure, dimension) -> (code,
    count or None for hidden). ``changes``: figure -> the steps that the release names since the one before it.
    ``backing`` is what the cells rest on; ``controlled``: its tables are rounded up or down and nothing is hidden."""

    name: str
    figures: FigureSet
    lines: Mapping[str, int]
    tables: Tables = field(default_factory=dict)
    stories: Mapping[str, Counted] = field(default_factory=dict)
    changes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    backing: Backing = field(default_factory=dict)
    controlled: bool = False


def tables(draft: Publication, dimensions: Mapping[str, str], earlier: Sequence[Publication], rules: Rules) -> Tables:
    """Return the tables that ``draft`` may print, by figure and dimension.

    ``dimensions``: dimension -> the vocabulary that orders its cells. Left out are tables whose cells overlap, those in
    which fewer than two cells could be shown, and those in which some cell cannot be protected however many are hidden.
    Cells are hidden, or rounded up or down where ``rules`` say so. Raises Invalid, as :func:`~.suppress.suppress`
    does, where leaving tables out does not help.
    """
    draft = replace(draft, controlled=rules.controlled)
    wanted = {place: _codes(draft.figures.figures[place[0]], *place[1:]) for place in _asked(draft, dimensions)}
    blank = {
        (figure, one): tuple((code, None) for code in codes) for (figure, one, _), codes in wanted.items() if codes
    }
    known: Audit | None = None
    while True:
        joint = _history([*earlier, replace(draft, tables=blank)], rules)
        past = History(joint.editions[:-1], tuple(one for one in joint.between if one.later != draft.name))
        own = tuple(one for one in joint.between if one.later == draft.name)
        known = known or audit(past, rules)
        try:
            shown = _protected(joint.editions[-1], (past, known), rules, own)
        except Invalid as refusal:
            named = {one.value for one in refusal.findings if one.sheet == draft.name}
            kept = {place: cells for place, cells in blank.items() if named.isdisjoint(_keys(place, cells))}
            if len(kept) == len(blank):
                raise
            blank = kept
            continue
        printed = {
            place: tuple((code, shown[_key(*place, code)]) for code, _ in cells) for place, cells in blank.items()
        }
        return {place: cells for place, cells in printed.items() if sum(n is not None for _, n in cells) >= 2}


def _protected(
    draft: Edition, past: tuple[History, Audit], rules: Rules, own: tuple[Between, ...]
) -> Mapping[str, int | None]:
    earlier, known = past
    if not rules.controlled:
        return suppress(draft, earlier, rules, own, known=known).shown()
    return {key: one.value for key, one in rounded(draft, earlier, rules, own).edition.said.items()}


def attacked(publications: Sequence[Publication], rules: Rules) -> Audit:
    """Attack everything that ``publications`` say together. Raises Invalid where they say something untrue."""
    return audit(_history(publications, rules), rules)


def _asked(draft: Publication, dimensions: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    for figure in draft.lines:
        if draft.figures.figures[figure].of is None:
            yield from ((figure, dimension, name) for dimension, name in dimensions.items())


def _codes(figure: Figure, dimension: str, name: str) -> tuple[str, ...]:
    """Return the cells of a breakdown in the order of their vocabulary, the unspecified rest last; empty where none."""
    cells = figure.breakdowns.get(dimension, {})
    if not cells or sum(value for value, _, _ in cells.values()) != figure.value:
        return ()
    known = [code for code in vocabulary(name).codes if code in cells]
    rest = sorted(set(cells) - set(known) - {UNSPECIFIED})
    return (*known, *rest, *((OTHER,) if UNSPECIFIED in cells else ()))


def _history(publications: Sequence[Publication], rules: Rules) -> History:
    editions = tuple(_edition(one, rules) for one in publications)
    return History(editions, tuple(_between(publications, editions)))


def _edition(said: Publication, rules: Rules) -> Edition:
    cells: list[Cell] = []
    relations: list[Relation] = []
    known: dict[str, Said] = {}
    for name, value in said.lines.items():
        figure = said.figures.figures[name]
        cells.append(replace(_cell(name, figure.value, figure), stated=True, total=True))
        known[name] = exactly(value)
        if figure.of in said.lines:
            relations.append(Relation(str(figure.of), (name,), exact=False))
    for (name, dimension), shown in said.tables.items():
        figure = said.figures.figures[name]
        counts = figure.breakdowns[dimension]
        for code, count in shown:
            value = counts.get(UNSPECIFIED if code == OTHER else code, (0, 0, 0))[0]
            behind = said.backing.get(name, {}).get(dimension, {}).get(UNSPECIFIED if code == OTHER else code)
            cell = _cell(_key(name, dimension, code), value, figure, minors=_minor(dimension, code))
            cells.append(replace(cell, incidents=behind[0], largest=behind[1]) if behind else cell)
            known[cell.key] = _as_shown(count, cell, rules, controlled=said.controlled)
        relations.append(Relation(name, tuple(_key(name, dimension, code) for code, _ in shown)))
        relations += _minors_within(said, name, dimension)
    relations += _states_within(said)
    for story, told in said.stories.items():
        key = f"story/{story}"
        cells.append(replace(_cell(key, told.persons, said.figures.figures[told.figure]), stated=True))
        known[key] = Said(told.persons, told.persons, None if told.at_least else told.persons)
        if told.figure in said.lines:
            relations.append(Relation(told.figure, (key,), exact=False))
    return Edition(said.name, tuple(cells), tuple(relations), {k: v for k, v in known.items() if v != HIDDEN})


def _cell(key: str, value: int, figure: Figure, *, minors: bool = False) -> Cell:
    definition = dictionary().get(figure.id)
    about_minors = minors or (definition is not None and definition.requires == "minor")
    return Cell(key, value, people=figure.unit == "person", minors=about_minors)


def _keys(place: tuple[str, str], cells: Shown) -> set[str]:
    return {_key(*place, code) for code, _ in cells}


def _key(figure: str, dimension: str, code: str) -> str:
    return f"{figure}/{dimension}/{code}"


def _minor(dimension: str, code: str) -> bool:
    """Tell whether a cell counts persons under 18 alone; the rest of unknown age is not told from its name."""
    if dimension != "age_band" or code not in vocabulary("age_bands").codes:
        return False
    end = vocabulary("age_bands").attribute(code, "high")
    return isinstance(end, int) and end < 18


def _minors_within(said: Publication, whole: str, dimension: str) -> list[Relation]:
    """Tie the bands under 18 to the figure that counts the minors of the same whole: a reader knows they are among."""
    bands = [code for code, _ in said.tables[whole, dimension] if _minor(dimension, code)]
    counts = said.figures.figures[whole].breakdowns[dimension]
    total = sum(counts.get(code, (0, 0, 0))[0] for code in bands)
    return [
        Relation(name, tuple(_key(whole, dimension, code) for code in bands), exact=False)
        for name in said.lines
        if bands
        and said.figures.figures[name].of == whole
        and dictionary()[name].requires == "minor"
        # Where the truth disagrees, a reader who supposes this is misled and learns nothing.
        and total <= said.figures.figures[name].value
    ]


def _states_within(said: Publication) -> Iterator[Relation]:
    """Tie each region to its states where a figure is shown by both: every reader has an atlas."""
    for name, dimension in said.tables:
        if dimension == REGION and (name, STATE) in said.tables:
            codes = tuple(code for code, _ in said.tables[name, STATE])
            places, regions = regions_of(codes)
            within = [regions[place] if place >= 0 else OTHER for place in places.tolist()[: len(codes)]]
            for region, _ in said.tables[name, REGION]:
                parts = tuple(_key(name, STATE, code) for code, of in zip(codes, within, strict=True) if of == region)
                yield Relation(_key(name, REGION, region), parts)


def _as_shown(count: int | None, cell: Cell, rules: Rules, *, controlled: bool) -> Said:
    """Return what a reader knows of a printed cell: its rounding where it was rounded, else the number itself."""
    if count is None:
        return HIDDEN
    if controlled and cell.people:
        return adjacent(count, rules.base)
    said = rules.shown(cell)
    return said if said.value == count else exactly(count)


def _between(publications: Sequence[Publication], editions: Sequence[Edition]) -> Iterator[Between]:
    """State what readers may suppose of each pair of releases: the same instant, or only additions, or only losses.

    A supposition is stated for those cells of which it is true; for the others it would mislead whoever makes it.
    """
    for later in range(1, len(publications)):
        for earlier in range(later):
            steps = publications[earlier + 1 : later + 1]
            same = publications[earlier].figures.inputs_hash == publications[later].figures.inputs_hash
            for how in Supposed:
                keys = frozenset(
                    key
                    for key, change in _changes(editions[earlier], editions[later]).items()
                    if _stated(how, same, [one.changes.get(key.split("/")[0], ()) for one in steps])
                    and {Supposed.SAME: change == 0, Supposed.GROWN: change >= 0, Supposed.SHRUNK: change <= 0}[how]
                )
                if keys:
                    yield Between(editions[earlier].name, editions[later].name, how, keys)


def _stated(how: Supposed, same: bool, steps: Sequence[tuple[int, ...]]) -> bool:
    if same or how is Supposed.SAME:
        return same and how is Supposed.SAME
    every = [change for step in steps for change in step]
    if how is Supposed.GROWN:
        return all(change >= 0 for change in every)
    return bool(every) and all(change <= 0 for change in every)


def _changes(earlier: Edition, later: Edition) -> dict[str, int]:
    before = {cell.key: cell.value for cell in earlier.cells}
    return {cell.key: cell.value - before[cell.key] for cell in later.cells if cell.key in before}
