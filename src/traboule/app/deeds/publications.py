"""What was issued, as protection reads it: statements turned into publications beside the figures they came from.

Comes in: statements of the release room and the kept runs behind them. Goes out: publications, tables fit to print, and
the attacker's verdict. Promises: every earlier release counts, withdrawn ones too: who read them keeps them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from traboule.core.codes import vocabulary
from traboule.core.words import LANGUAGES
from traboule.figures import compute as computing
from traboule.figures.disclosure.publication import Counted, Publication, attacked, tables
from traboule.figures.disclosure.rules import Rules
from traboule.figures.disclosure.wording import sentence
from traboule.figures.figure import Figure, FigureSet
from traboule.figures.resolved.breakdown import UNSPECIFIED, Cell
from traboule.operation.operation import Operation
from traboule.release import desk
from traboule.release.statement import Statement, Table
from traboule.release.verdict import Verdict

METHOD = "joint-linear-and-integer"

# Dimensions whose cells never overlap, and the vocabulary that names them.
BREAKDOWNS = {"region": "regions", "sex": "sexes", "age_band": "age_bands"}


def publication(statement: Statement, figures: FigureSet) -> Publication:
    """Return what ``statement`` says, beside the ``figures`` it was made from."""
    return Publication(
        name=str(statement.number),
        figures=by_region(figures),
        lines={line.figure: line.value for line in statement.lines},
        tables={(table.figure, table.dimension): table.cells for table in statement.tables},
        stories={
            story.id: Counted(story.persons.figure, story.persons.value, story.persons.precision != "exact")
            for story in statement.stories
            if story.persons is not None
        },
        changes={change.figure: tuple(delta for _, delta in change.reasons) for change in statement.changes},
    )


def by_region(figures: FigureSet) -> FigureSet:
    """Return the figures with one breakdown more: those on persons by macro-region (UN M49), added up from states."""
    return replace(figures, figures={name: _by_region(one) for name, one in figures.figures.items()})


def _by_region(figure: Figure) -> Figure:
    states = figure.breakdowns.get("state", {})
    if figure.unit != "person" or not states:
        return figure
    known = vocabulary("regions")
    region_of = {state: code for code in known.codes for state in _members(code)}
    summed: dict[str, Cell] = {}
    for state, cell in sorted(states.items()):
        region = region_of.get(state, UNSPECIFIED)
        value, low, high = (a + b for a, b in zip(summed.get(region, (0, 0, 0)), cell, strict=True))
        summed[region] = (value, low, high)
    breakdowns: Mapping[str, Mapping[str, Cell]] = {**figure.breakdowns, "region": summed}
    return replace(figure, breakdowns=breakdowns)


def _members(region: str) -> tuple[str, ...]:
    members = vocabulary("regions").attribute(region, "members")
    return tuple(str(state) for state in members) if isinstance(members, list) else ()


def issued(operation: str) -> tuple[Publication, ...]:
    """Return every release ever issued of an operation, first to last."""
    runs = [computing.stored(run).figures for run in desk.runs_released(operation)]
    return tuple(publication(one, run) for one, run in zip(desk.statements(operation), runs, strict=True))


def protected_tables(
    statement: Statement, figures: FigureSet, operation: Operation, earlier: Sequence[Publication]
) -> tuple[Table, ...]:
    """Return the tables that ``statement``, which has none yet, may print after what was issued before.

    A table that cannot be protected is left out. Raises Invalid, with a finding for each cell to coarsen, where a
    protected cell could be worked out without it.
    """
    draft = publication(statement, figures)
    found = tables(draft, BREAKDOWNS, earlier, Rules.of(operation.policy))
    return tuple(Table(figure, name, BREAKDOWNS[name], cells) for (figure, name), cells in found.items())


def verdict(statement: Statement, figures: FigureSet, operation: Operation, earlier: Sequence[Publication]) -> Verdict:
    """Return the attacker's verdict on ``statement`` with all that was issued before it (rule 23).

    Cells that earlier releases gave away before it are no findings against it: it makes none of them worse than lost.
    """
    rules = Rules.of(operation.policy)
    lost = {(one.target.release, one.target.key) for one in attacked(earlier, rules).leaks}
    found = attacked((*earlier, publication(statement, figures)), rules).findings()
    return Verdict(
        tuple(
            {
                "code": one.code,
                "release": one.sheet,
                "cell": one.value,
                "sentences": {language: sentence(one, language) for language in LANGUAGES},
                **one.values,
            }
            for one in found
            if (one.sheet, one.value) not in lost
        ),
        METHOD,
    )
