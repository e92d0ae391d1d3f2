"""Turn figures and what each release says of them into cells, and back into what may be printed.

In: sets of figures (the true counts at the time) and what each release says of them. Out: editions for the audit, and
for a draft its headlines and its tables with the suppressed cells. Guaranteed: every number of the figures that a
release states is a cell here: headline and "of which" lines, what was declared, tables, case stories, the changes that
it names and those that a reader has by subtracting one release from another.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

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
from traboule.figures.disclosure.contributors import REGION, STATE, regions_of
from traboule.figures.disclosure.editions.arrivals import LATE, arrivals, reported_together
from traboule.figures.disclosure.editions.publication import (
    DECLARED,
    OTHER_CODE,
    TOGETHER,
    PrintedTable,
    Publication,
    Reasons,
    Tables,
    declared_key,
    is_minor,
    key_of,
    new_cell,
)
from traboule.figures.disclosure.rounding import rounded
from traboule.figures.disclosure.rules import Rules
from traboule.figures.disclosure.suppress import suppress
from traboule.figures.figure import Figure
from traboule.figures.resolved.breakdown import UNSPECIFIED


def headlines(draft: Publication, earlier: Sequence[Publication], rules: Rules) -> Publication:
    """Return ``draft`` with the headlines that it may publish, without tables.

    What gives a protected cell away, alone or with earlier releases, is held back: reasons of a change are reported
    together, the part that states declared is not stated, and where that does not help the headline is held back, then
    the headline that it is a part of.
    """
    draft = replace(draft, tables={}, controlled=rules.controlled)
    before = audit(_history(earlier, rules), rules)
    while True:
        leaks = attacked([*earlier, draft], rules).leaks_beside(before)
        candidates = (_held_back(draft, leak.target.key) for leak in leaks)
        safer = next((candidate for candidate in candidates if candidate is not None), None)
        if safer is None:
            return draft
        draft = safer


def _held_back(draft: Publication, key: str) -> Publication | None:
    """Return ``draft`` without what gives the cell ``key`` away; None where it says nothing that does."""
    parts = key.split("/")
    figure = figure_of(key)
    if DECLARED in parts[:3] and draft.declared.get(figure) is not None:
        return replace(draft, declared={**draft.declared, figure: None})
    reasons = draft.changes.get(figure, ())
    if parts[0] == LATE and len(reasons) > 1:
        return replace(draft, changes={**draft.changes, figure: reported_together(reasons)})
    if figure not in draft.lines:
        # A part that is not stated is still bounded by its whole, above all for a state that filed most of that.
        definition = dictionary().get(figure)
        figure = (definition.of or "") if definition else ""
    if figure not in draft.lines:
        return None
    return replace(
        draft,
        lines={name: value for name, value in draft.lines.items() if name != figure},
        changes={name: change for name, change in draft.changes.items() if name != figure},
        held_back=(*draft.held_back, figure),
    )


def figure_of(key: str) -> str:
    """Return the figure that a cell is of, empty for a story."""
    parts = [part for part in key.split("/") if part != DECLARED]
    return parts[2] if parts[0] == LATE else "" if parts[0] == "story" else parts[0]


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
            place: tuple((code, printed_values[key_of(*place, code)]) for code, _ in cells)
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
    editions = tuple(_edition_of(publications[: place + 1], rules) for place in range(len(publications)))
    changes = [*_stated_changes(publications, editions)]
    for place in range(len(publications)):
        changes += arrivals(publications[: place + 1]).between
    return History(editions, tuple(changes))


def _edition_of(publications: Sequence[Publication], rules: Rules) -> Edition:
    """Return the last of ``publications`` as cells; those that count what arrived since the others are among them."""
    publication, arrived = publications[-1], arrivals(publications)
    cells, relations, published = _headline_cells(publication)
    for (name, dimension), printed in publication.tables.items():
        for code, count in printed:
            cell = publication.table_cell(name, dimension, code)
            cells.append(cell)
            published[cell.key] = _published_value(count, cell, rules, controlled=publication.controlled)
        relations.append(Relation(name, tuple(key_of(name, dimension, code) for code, _ in printed)))
        relations += _minors_within(publication, name, dimension)
    relations += [*_states_within(publication), *_declared_within(publication)]
    for story, story_count in publication.stories.items():
        key = f"story/{story}"
        persons = story_count.persons
        cells.append(replace(new_cell(key, persons, publication.figure(story_count.figure)), stated=True))
        published[key] = PublishedValue(persons, persons, None if story_count.at_least else persons)
        if story_count.figure in publication.lines:
            relations.append(Relation(story_count.figure, (key,), exact=False))
    return Edition(
        publication.name,
        (*cells, *arrived.cells),
        (*relations, *arrived.relations),
        {key: value for key, value in {**published, **arrived.published}.items() if value != HIDDEN},
    )


def _headline_cells(publication: Publication) -> tuple[list[Cell], list[Relation], dict[str, PublishedValue]]:
    """Return the headlines, published or held back, with the part of each that was declared."""
    cells: list[Cell] = []
    relations: list[Relation] = []
    published: dict[str, PublishedValue] = {}
    figures = [*publication.lines, *publication.held_back]
    for name in figures:
        figure = publication.figure(name)
        cells.append(replace(publication.headline_cell(name), stated=name in publication.lines))
        if name in publication.lines:
            published[name] = exactly(publication.lines[name])
        if figure.of in figures:
            relations.append(Relation(str(figure.of), (name,), exact=False))
        if figure.unit == "person" and figure.declared_only and name in publication.declared:
            declared = publication.declared_cell(name)
            cells.append(declared)
            relations.append(Relation(name, (declared.key,), exact=False))
            value = publication.declared[name]
            published[declared.key] = HIDDEN if value is None else exactly(value)
    return cells, relations, published


def _keys(place: tuple[str, str], cells: PrintedTable) -> set[str]:
    return {key_of(*place, code) for code, _ in cells}


def _minors_within(publication: Publication, figure: str, dimension: str) -> list[Relation]:
    """Relate the age bands under 18 to the figure that counts the minors of the same total, as a reader can."""
    bands = [code for code, _ in publication.tables[figure, dimension] if is_minor(dimension, code)]
    total = sum(publication.table_cell(figure, dimension, code).value for code in bands)
    return [
        Relation(name, tuple(key_of(figure, dimension, code) for code in bands), exact=False)
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
                parts = tuple(key_of(name, STATE, code) for code, of in zip(codes, within, strict=True) if of == region)
                yield Relation(key_of(name, REGION, region), parts)


def _declared_within(publication: Publication) -> Iterator[Relation]:
    """Relate what was declared of a headline to the states that declared it, since each knows that it filed totals."""
    for name, dimension in publication.tables:
        if dimension == STATE and publication.figure(name).declared_only and name in publication.declared:
            listed = {code for code, _ in publication.tables[name, STATE]}
            states = [entry.state for entry in publication.figure(name).declared if entry.value]
            if listed.issuperset(states):
                yield Relation(declared_key(name), tuple(key_of(name, STATE, state) for state in states))


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
                    if _stated(how, same, [step.changes.get(figure_of(key), ()) for step in steps])
                    and {Supposed.SAME: change == 0, Supposed.GROWN: change >= 0, Supposed.SHRUNK: change <= 0}[how]
                )
                if keys:
                    yield Between(editions[earlier].name, editions[later].name, how, keys)


def _stated(how: Supposed, same: bool, steps: Sequence[Reasons]) -> bool:
    if same or how is Supposed.SAME:
        return same and how is Supposed.SAME
    if any(reason == TOGETHER for step in steps for reason, _ in step):
        return False
    every = [change for step in steps for _, change in step]
    if how is Supposed.GROWN:
        return all(change >= 0 for change in every)
    return bool(every) and all(change <= 0 for change in every)


def _changes(earlier: Edition, later: Edition) -> dict[str, int]:
    before = {cell.key: cell.value for cell in earlier.cells}
    return {
        cell.key: cell.value - before[cell.key]
        for cell in later.cells
        if cell.key in before and not cell.key.startswith(f"{LATE}/")
    }
