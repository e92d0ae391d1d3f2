"""Turn released statements into publications, the form in which disclosure control reads them.

In: statements and the stored runs of figures behind them. Out: publications, tables that may be printed, and the
verdict of the disclosure audit. Guaranteed: every earlier release counts, withdrawn ones too, because their readers
still have them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from traboule.app.withholding import threshold_of
from traboule.core.findings import Finding, Severity
from traboule.core.language.languages import LANGUAGES
from traboule.figures import compute as computing
from traboule.figures.compute import Computed
from traboule.figures.definition import dictionary
from traboule.figures.disclosure.audit import findings as findings_of
from traboule.figures.disclosure.cells import RULE
from traboule.figures.disclosure.contributors import REGION, STATE, regions_of
from traboule.figures.disclosure.editions.publication import Publication, StoryCount
from traboule.figures.disclosure.publication import attacked, headlines, tables
from traboule.figures.disclosure.rules import Rules
from traboule.figures.disclosure.story import Incident, fits
from traboule.figures.disclosure.wording import sentence
from traboule.figures.figure import Figure, FigureSet
from traboule.figures.resolved.breakdown import UNSPECIFIED, Cell
from traboule.operation.operation import Operation
from traboule.release import desk
from traboule.release.pictures.map import MAPPED
from traboule.release.statement import BreakdownTable, Kind, Line, Statement
from traboule.release.verdict import AuditVerdict

METHOD = "joint-linear-and-integer"

# Dimensions whose cells never overlap, and the vocabulary that names them. A release that may
# still change has tables by region alone: the difference of two finer tables would single persons out.
COARSE = {REGION: "regions"}
BREAKDOWNS = {**COARSE, "sex": "sexes", "age_band": "age_bands", STATE: "countries"}


def publication(statement: Statement, computed: Computed) -> Publication:
    """Return what ``statement`` says, with the figures it was made from."""
    return Publication(
        name=str(statement.number),
        figures=in_places(computed.figures),
        lines={line.figure: line.value for line in statement.lines},
        tables={(table.figure, table.dimension): table.cells for table in statement.tables},
        stories={
            story.id: StoryCount(story.persons.figure, story.persons.value, story.persons.precision != "exact")
            for story in statement.stories
            if story.persons is not None
        },
        changes={change.figure: change.reasons for change in statement.changes},
        contributors=computed.context.contributors,
        controlled=(statement.policy or {}).get("protection") == "rounding",
        held_back=statement.held_back,
        declared={line.figure: line.declared_only for line in statement.lines},
        since={difference.figure: difference.reasons() for difference in computed.context.since},
    )


def in_places(figures: FigureSet) -> FigureSet:
    """Return the figures with the places that a release shows: figures on persons by macro-region (UN M49), summed from
    states; by state only the figure that has a map."""
    return replace(figures, figures={name: _in_places(figure) for name, figure in figures.figures.items()})


def _in_places(figure: Figure) -> Figure:
    states = figure.breakdowns.get(STATE, {})
    if not states:
        return figure
    if figure.unit != "person":
        return replace(figure, breakdowns={name: cells for name, cells in figure.breakdowns.items() if name != STATE})
    places, regions = regions_of(tuple(states))
    summed: dict[str, Cell] = {}
    for place, cell in zip(places.tolist(), states.values(), strict=False):
        region = regions[place] if place >= 0 else UNSPECIFIED
        value, low, high = (a + b for a, b in zip(summed.get(region, (0, 0, 0)), cell, strict=True))
        summed[region] = (value, low, high)
    breakdowns: dict[str, Mapping[str, Cell]] = {**figure.breakdowns, REGION: dict(sorted(summed.items()))}
    if figure.id != MAPPED:
        del breakdowns[STATE]
    return replace(figure, breakdowns=breakdowns)


def issued(operation: str) -> tuple[Publication, ...]:
    """Return every release ever issued of an operation, first to last."""
    runs = [computing.stored(run) for run in desk.runs_released(operation)]
    return tuple(publication(statement, run) for statement, run in zip(desk.statements(operation), runs, strict=True))


def protected_headlines(
    statement: Statement, computed: Computed, operation: Operation, earlier: Sequence[Publication]
) -> Statement:
    """Return ``statement``, which has no tables yet, with the headlines that it may publish after what was issued
    before: small ones, and those by which a reader or a state could work out what another filed, are held back.

    What a headline was in a release that held it back is not stated as its earlier value either.
    """
    protected = headlines(publication(statement, computed), earlier, Rules.of(operation.policy))
    hidden_before = {figure for release in earlier for figure in release.held_back}
    return replace(
        statement,
        lines=tuple(
            safe_interval(replace(line, declared_only=protected.declared[line.figure]), operation)
            for line in statement.lines
            if line.figure in protected.lines
        ),
        changes=tuple(
            replace(change, reasons=protected.changes[change.figure])
            for change in statement.changes
            if change.figure in protected.changes and change.figure not in hidden_before
        ),
        held_back=tuple(line.figure for line in statement.lines if line.figure not in protected.lines),
    )


def safe_interval(line: Line, operation: Operation) -> Line:
    """Return ``line`` without its interval where that could tell more than the figure does.

    So it is where the part that states declared is withheld, since the width tells of it, and where a range reaches
    below the threshold, which is withheld in the room too.
    """
    threshold = threshold_of(dictionary()[line.figure], operation.policy)
    ends = (line.interval.low, line.low, line.value) if line.interval else ()
    is_told = line.declared_only is not None and all(end >= threshold for end in ends)
    return line if is_told else replace(line, interval=None)


def protected_tables(
    statement: Statement, computed: Computed, operation: Operation, earlier: Sequence[Publication]
) -> tuple[BreakdownTable, ...]:
    """Return the tables that ``statement``, which has none yet, may print after what was issued before.

    A release that may still change has tables by region alone. A table that cannot be protected is left out. Raises
    Invalid, with a finding for each cell to coarsen, where a protected cell could be worked out without it.
    """
    wanted = BREAKDOWNS if statement.kind is Kind.FINAL else COARSE
    protected = tables(publication(statement, computed), wanted, earlier, Rules.of(operation.policy))
    return tuple(BreakdownTable(figure, name, BREAKDOWNS[name], cells) for (figure, name), cells in protected.items())


def verdict(
    statement: Statement, computed: Computed, operation: Operation, earlier: Sequence[Publication]
) -> AuditVerdict:
    """Return the attacker's verdict on ``statement`` with all that was issued before it (rule 23).

    A story is judged by its words too: enough others must fit them. Cells that earlier releases gave away before it
    are no findings against it: it makes none of them worse than lost.
    """
    rules = Rules.of(operation.policy)
    before = attacked(earlier, rules)
    findings = [
        *findings_of(attacked((*earlier, publication(statement, computed)), rules).leaks_beside(before)),
        *_too_fine(statement, computed.context.incidents, rules),
    ]
    return AuditVerdict(
        tuple(
            {
                "code": finding.code,
                "release": finding.sheet,
                "cell": finding.value,
                "sentences": {language: sentence(finding, language) for language in LANGUAGES},
                **finding.values,
            }
            for finding in findings
        ),
        METHOD,
    )


def _too_fine(statement: Statement, incidents: Sequence[Incident], rules: Rules) -> Iterator[Finding]:
    """Name the stories whose words too few persons in too few incidents fit."""
    for story in statement.stories:
        if story.told is None or not fits(story.told.words(), incidents, rules):
            values = {"release": str(statement.number), "cell": f"story/{story.id}"}
            yield Finding(
                "disclosure-story-fine",
                Severity.ERROR,
                sheet=values["release"],
                value=values["cell"],
                rule=RULE,
                values=values,
            )
