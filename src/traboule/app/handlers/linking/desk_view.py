"""Cut from the register what the desk may see: the persons who are not protected, and what rests on them alone.

In: a call and an operation. Out: the inputs of a count, or the records. Guaranteed: everything here is computed from
rows of persons who are not protected as the register stands; nothing else can show in it.
"""

from __future__ import annotations

from dataclasses import replace

import pyarrow.compute as pc

from traboule.app.dispatch import Call
from traboule.app.handlers.counting import inputs_from, read_register
from traboule.figures.resolved.inputs import Inputs
from traboule.linkage.store.runs import latest_run
from traboule.operation.operation import Operation
from traboule.register.protected import protected_records, rows_without, without_protected


def inputs_of_desk(call: Call, operation: Operation) -> Inputs:
    """Return what a count of unprotected persons starts from: the register now and the desk's latest links."""
    run = latest_run(operation.code, protected=False)
    tables, births = read_register(call, operation, call.at)
    protected = protected_records(tables, births, operation.start)
    seen = without_protected(tables, protected)
    inputs = inputs_from(seen, rows_without(births, "record", protected), run, as_of=call.at)
    # Somebody may have become protected since the run.
    records, links = seen["people"]["record"], inputs.links
    both = pc.and_(pc.is_in(links["left"], records), pc.is_in(links["right"], records))
    return replace(inputs, links=links.filter(both))


def records_of_desk(call: Call, operation: Operation) -> frozenset[str]:
    """Return the records of persons who are in force and not protected."""
    tables, births = read_register(call, operation, call.at)
    people = rows_without(tables["people"], "record", protected_records(tables, births, operation.start))
    return frozenset(map(str, people["record"].to_pylist()))
