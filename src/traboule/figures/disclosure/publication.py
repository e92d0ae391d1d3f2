"""Turn figures and what each release says of them into cells, and back into the tables that may be printed.

In: sets of figures (the true counts at the time) and what each release says of them. Out: editions for the audit, and
for a draft its tables with the suppressed cells. Guaranteed: every number of the figures that a release states is a
cell here: headline and "of which" lines, tables, case stories, and the changes that it names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from traboule.core.codes import vocabulary
from traboule.core.errors import Invalid
from traboule.figures.definition import dictionary
from traboule.figures.disclosure.audit import AuditResult, audit
from traboule.figures.disclosure.cells import (
    HIDDEN,
    Between,
    Cell,
    Edition,
    History,
    PublishedValue,
    Relation,
    Supposed,
    adjacent,
    exactly,
)
from traboule.figures.disclosure.contributors import REGION, STATE, FigureContributors, regions_of
from traboule.figures.disclosure.rounding import rounded
from traboule.figures.disclosure.rules import Rules
from traboule.figures.disclosure.suppress import suppress
from traboule.figures.figure import Figure, FigureSet
from traboule.figures.resolved.breakdown import UNSPECIFIED

OTHER_CODE = "other"
PrintedTable = tuple[tuple[str, int | None], ...]
Tables = Mapping[tuple[str, str], PrintedTable]


@dataclass(frozen=True, slots=True)
class StoryCount:
    """The number of persons that a case story states: of which figure, how many, and whether "at least" that many."""

    figure: str
    persons: int
    at_least: bool = False


@dataclass(frozen=True, slots=True)
class Publication:
    """What a release says. ``lines``: figure -> value, stated exactly. ``tables``: (figure, dimension) -> (code, count
    or None for suppressed). ``changes``: figure -> the changes since the last release that it names. ``contributors``:
    who contributes to its cells; ``controlled``: its tables are in controlled rounding, without suppression."""

    name: str
    figures: FigureSet
    lines: Mapping[str, int]
    tables: Tables = field(default_factory=dict)
    stories: Mapping[str, StoryCount] = field(default_factory=dict)
    changes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    contributors: FigureContributors = field(default_factory=dict)
    controlled: bool = False


def tables(draft: Publication, dimensions: Mapping[str, str], earlier: Sequence[Publication], rules: Rules) -> Tables:
    """Return the tables that ``draft`` may print, by figure and dimension.

    ``dimensions``: dimension -> the vocabulary that orders its cells. Tables are left out whose cells overlap, that
    could show fewer than two cells, or with a cell that no suppression protects. Cells are suppressed, or rounded where
    ``rules`` say so. Raises Invalid, as :func:`~.suppress.suppress` does, where leaving tables out does not help.
    """
    draft = replace(draft, controlled=rules.controlled)
    requested = _requested_tables(draft, dimensions)
    codes_of = {place: _codes(draft.figures.figures[place[0]], *place[1:]) for place in requested}
    blank = {
        (figure, dimension): tuple((code, None) for code in codes)
        for (figure, dimension, _), codes in codes_of.items()
        if codes
    }
    past_audit: AuditResult | None = None
    while True:
        joint = _history([*earlier, replace(draft, tables=blank)], rules)
        past = History(joint.editions[:-1], tuple(change for change in joint.between if change.later != draft.name))
        own = tuple(change for change in joint.between if change.later == draft.name)
        past_audit = past_audit or audit(past, rules)
        try:
            printed_values = _protected(joint.editions[-1], (past, past_audit), rules, own)
        except Invalid as refusal:
            refused = {finding.value for finding in refusal.findings if finding.sheet == draft.name}
            remaining = {place: cells for place, cells in blank.items() if refused.isdisjoint(_keys(place, cells))}
            if len(remaining) == len(blank):
                raise
            blank = remaining
            continue
        printed = {
            place: tuple((code, printed_values[_key(*place, code)]) for code, _ in cells)
            for place, cells in blank.items()
        }
        return {place: cells for place, cells in printed.items() if sum(n is not None for _, n in cells) >= 2}


def _protected(
    draft: Edition, past: tuple[History, AuditResult], rules: Rules, own: tuple[Between, ...]
) -> Mapping[str, int | None]:
    earlier, past_audit = past
    if not rules.controlled:
        return suppress(draft, earlier, rules, own, earlier_audit=past_audit).printed()
    return {key: value.value for key, value in rounded(draft, earlier, rules, own).edition.published.items()}


def attacked(publications: Sequence[Publication], rules: Rules) -> AuditResult:
    """Audit all ``publications`` together. Raises Invalid where they state something untrue."""
    return audit(_history(publications, rules), rules)


def _requested_tables(draft: Publication, dimensions: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    for figure in draft.lines:
        if draft.figures.figures[figure].of is None:
            yield from ((figure, dimension, name) for dimension, name in dimensions.items())


def _codes(figure: Figure, dimension: str, name: str) -> tuple[str, ...]:
    """Return the cells of a breakdown in the order of their vocabulary, unspecified last; empty where none."""
    cells = figure.breakdowns.get(dimension, {})
    if not cells or sum(value for value, _, _ in cells.values()) != figure.value:
        return ()
    vocabulary_codes = [code for code in vocabulary(name).codes if code in cells]
    extra_codes = sorted(set(cells) - set(vocabulary_codes) - {UNSPECIFIED})
    return (*vocabulary_codes, *extra_codes, *((OTHER_CODE,) if UNSPECIFIED in cells else ()))


def _history(publications: Sequence[Publication], rules: Rules) -> History:
    editions = tuple(_edition_of(publication, rules) for publication in publications)
    return History(editions, tuple(_stated_changes(publications, editions)))


def _edition_of(publication: Publication, rules: Rules) -> Edition:
    cells: list[Cell] = []
    relations: list[Relation] = []
    published: dict[str, PublishedValue] = {}
    for name, value in publication.lines.items():
        figure = publication.figures.figures[name]
        cells.append(replace(_cell(name, figure.value, figure), stated=True, total=True))
        published[name] = exactly(value)
        if figure.of in publication.lines:
            relations.append(Relation(str(figure.of), (name,), exact=False))
    for (name, dimension), printed in publication.tables.items():
        figure = publication.figures.figures[name]
        counts = figure.breakdowns[dimension]
        for code, count in printed:
            figure_code = UNSPECIFIED if code == OTHER_CODE else code
            value = counts.get(figure_code, (0, 0, 0))[0]
            contributors = publication.contributors.get(name, {}).get(dimension, {}).get(figure_code)
            cell = _cell(_key(name, dimension, code), value, figure, minors=_minor(dimension, code))
            cells.append(replace(cell, incidents=contributors[0], largest=contributors[1]) if contributors else cell)
            published[cell.key] = _published_value(count, cell, rules, controlled=publication.controlled)
        relations.append(Relation(name, tuple(_key(name, dimension, code) for code, _ in printed)))
        relations += _minors_within(publication, name, dimension)
    relations += _states_within(publication)
    for story, story_count in publication.stories.items():
        key = f"story/{story}"
        persons = story_count.persons
        cells.append(replace(_cell(key, persons, publication.figures.figures[story_count.figure]), stated=True))
        published[key] = PublishedValue(persons, persons, None if story_count.at_least else persons)
        if story_count.figure in publication.lines:
            relations.append(Relation(story_count.figure, (key,), exact=False))
    return Edition(
        publication.name, tuple(cells), tuple(relations), {k: v for k, v in published.items() if v != HIDDEN}
    )


def _cell(key: str, value: int, figure: Figure, *, minors: bool = False) -> Cell:
    definition = dictionary().get(figure.id)
    about_minors = minors or (definition is not None and definition.requires == "minor")
    return Cell(key, value, people=figure.unit == "person", minors=about_minors)


def _keys(place: tuple[str, str], cells: PrintedTable) -> set[str]:
    return {_key(*place, code) for code, _ in cells}


def _key(figure: str, dimension: str, code: str) -> str:
    return f"{figure}/{dimension}/{code}"


def _minor(dimension: str, code: str) -> bool:
    """Return whether a cell counts only persons under 18; a cell of unknown age does not."""
    if dimension != "age_band" or code not in vocabulary("age_bands").codes:
        return False
    end = vocabulary("age_bands").attribute(code, "high")
    return isinstance(end, int) and end < 18


def _minors_within(publication: Publication, figure: str, dimension: str) -> list[Relation]:
    """Relate the age bands under 18 to the figure that counts the minors of the same total, as a reader can."""
    bands = [code for code, _ in publication.tables[figure, dimension] if _minor(dimension, code)]
    counts = publication.figures.figures[figure].breakdowns[dimension]
    total = sum(counts.get(code, (0, 0, 0))[0] for code in bands)
    return [
        Relation(name, tuple(_key(figure, dimension, code) for code in bands), exact=False)
        for name in publication.lines
        if bands
        and publication.figures.figures[name].of == figure
        and dictionary()[name].requires == "minor"
        # Where the true counts disagree, the assumption misleads a reader and discloses nothing.
        and total <= publication.figures.figures[name].value
    ]


def _states_within(publication: Publication) -> Iterator[Relation]:
    """Relate each region to its states where a figure is printed by both, since readers know which states it has."""
    for name, dimension in publication.tables:
        if dimension == REGION and (name, STATE) in publication.tables:
            codes = tuple(code for code, _ in publication.tables[name, STATE])
            places, regions = regions_of(codes)
            within = [regions[place] if place >= 0 else OTHER_CODE for place in places.tolist()[: len(codes)]]
            for region, _ in publication.tables[name, REGION]:
                parts = tuple(_key(name, STATE, code) for code, of in zip(codes, within, strict=True) if of == region)
                yield Relation(_key(name, REGION, region), parts)


def _published_value(count: int | None, cell: Cell, rules: Rules, *, controlled: bool) -> PublishedValue:
    """Return the published value of a printed cell: with its rounding interval where it was rounded, else exact."""
    if count is None:
        return HIDDEN
    if controlled and cell.people:
        return adjacent(count, rules.base)
    value = rules.published_value(cell)
    return value if value.value == count else exactly(count)


def _stated_changes(publications: Sequence[Publication], editions: Sequence[Edition]) -> Iterator[Between]:
    """Yield what readers may assume of each pair of releases: the same instant, or only additions, or only removals.

    An assumption is stated for those cells of which it is true; of the others it would be false.
    """
    for later in range(1, len(publications)):
        for earlier in range(later):
            steps = publications[earlier + 1 : later + 1]
            same = publications[earlier].figures.inputs_hash == publications[later].figures.inputs_hash
            for how in Supposed:
                keys = frozenset(
                    key
                    for key, change in _changes(editions[earlier], editions[later]).items()
                    if _stated(how, same, [step.changes.get(key.split("/")[0], ()) for step in steps])
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
