"""Releases: issuing the next one from the figures last counted, and reading them back.

Comes in: a kind, an operation. Goes out: an issued release with all its documents. Promises: everything it says comes
from one kept run of figures; this is the only place where figures become a statement.
"""

from __future__ import annotations

from traboule.app.deeds.opening import the_operation
from traboule.app.door import Call
from traboule.core.codes import vocabulary
from traboule.figures import compute as computing
from traboule.figures.compute import Computed
from traboule.figures.disclose import publishable
from traboule.figures.figure import Figure
from traboule.operation.operation import Operation
from traboule.release import desk
from traboule.release.desk import Issued
from traboule.release.statement import Change, Kind, Line, Statement, Table

# Dimensions whose cells never overlap, and the vocabulary that names them.
BREAKDOWNS = {"sex": "sexes", "age_band": "age_bands"}


def issue(call: Call, *, kind: str, operation: str | None = None) -> Issued:
    """Issue the operation's next release, of ``kind``, from the figures last counted.

    Raises NotFound before any figures were counted, Refused for a final release while a required return is open.
    """
    found = the_operation(operation)
    computed = computing.latest(found.code)
    last = desk.last_issued(found.code)
    statement = _statement(found, computed, Kind(kind), (last.statement.number if last else 0) + 1, call)
    return desk.issue(
        statement,
        figures_run=computed.run,
        open_returns=computed.beside.open_returns,
        by=call.by,
        at=call.at,
        progress=call.progress,
    )


def show(call: Call, *, number: int | None = None, operation: str | None = None) -> Issued:
    """Return release ``number``, or the last."""
    return desk.issued(the_operation(operation).code, number)


def _statement(operation: Operation, computed: Computed, kind: Kind, number: int, call: Call) -> Statement:
    figures = [computed.figures.figure(name) for name in operation.figures]
    return Statement(
        operation=operation.code,
        titles=dict(operation.titles),
        start=operation.start,
        end=operation.end,
        kind=kind,
        number=number,
        issued_on=call.at.date(),
        figures_hash=computed.figures.inputs_hash,
        lines=tuple(_line(figure, operation) for figure in figures),
        # A provisional release is coarse, and a later one replaces it: only the final one breaks figures down.
        tables=tuple(_tables(figures, operation)) if kind is Kind.FINAL else (),
        changes=tuple(
            Change(one.figure, one.old, one.new, one.reasons())
            for one in computed.beside.since
            if one.figure in operation.figures and one.old != one.new
        ),
        policy=operation.policy.to_json(),
    )


def _line(figure: Figure, operation: Operation) -> Line:
    return Line(
        figure=figure.id,
        value=figure.value,
        low=figure.low,
        high=figure.high,
        precision=figure.precision,
        of=figure.of if figure.of in operation.figures else None,
        unit=figure.unit,
        qualifier=figure.qualifier or "",
        declared_only=figure.declared_only,
    )


def _tables(figures: list[Figure], operation: Operation) -> list[Table]:
    tables = []
    for figure in figures:
        if figure.of is not None:
            continue
        for dimension, name in BREAKDOWNS.items():
            cells = figure.breakdowns.get(dimension, {})
            in_order = {code: cells[code] for code in (*vocabulary(name).codes, *sorted(cells)) if code in cells}
            shown = publishable(in_order, figure.value, operation.policy)
            if shown:
                tables.append(Table(figure.id, dimension, name, shown))
    return tables
