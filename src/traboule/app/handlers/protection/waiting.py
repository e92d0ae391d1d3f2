"""List who waits for screening, for a referral, or for what a state is asked to do.

In: an operation. Out: who waits, minors first, with the states in which the same person was found. Guaranteed: only the
protection officer lists persons; each list leaves an entry of which records were shown, which their owners may read; a
state is shown its own records alone; no name, identifier or place is in any answer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db.models import Min

from traboule.app.dispatch import Call
from traboule.app.handlers.opening import the_operation
from traboule.core.errors import Refused
from traboule.core.moments import is_overdue
from traboule.core.record_names import unit_of
from traboule.linkage.models import ClusterMember
from traboule.linkage.store.runs import last_run
from traboule.operation.operation import Operation
from traboule.protection import acts, waiting
from traboule.register import personal
from traboule.register.models import Person
from traboule.register.personal import Purpose
from traboule.register.protected import minor_records

_READ = ("people", "roles", "arrests", "victims")


@dataclass(frozen=True, slots=True)
class WaitingPerson:
    """One person who waits. ``needs``: for what, as a code; ``found_in``: other states that filed the same person, for
    the protection officer to ask; no record of theirs. ``service``: where the person was referred."""

    record: str
    minor: bool
    needs: str
    since: datetime
    overdue: bool
    found_in: Sequence[str]
    service: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {**asdict(self), "since": self.since.isoformat(), "found_in": list(self.found_in)}


@dataclass(frozen=True, slots=True)
class Waiting:
    """The first of those who wait, and how many there are in all, of them minors and overdue."""

    persons: Sequence[WaitingPerson]
    total: int
    minors: int
    overdue: int

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        counts = {"total": self.total, "minors": self.minors, "overdue": self.overdue}
        return {**counts, "persons": [person.to_json() for person in self.persons]}


@dataclass(frozen=True, slots=True)
class _Register:
    """What is read to say who waits."""

    tables: Mapping[str, Any]
    minors: Collection[str]
    first_filed: Mapping[str, datetime]
    done: waiting.DoneSoFar


def list_screenings(call: Call, *, operation: str | None = None, limit: int = 20) -> Waiting:
    """Return who waits for screening before any charge."""
    chosen = the_operation(operation)
    register = _read(call, chosen)
    persons = waiting.screenings(register.tables, register.minors, register.first_filed, register.done)
    return _page(call, chosen, persons, limit)


def list_referrals(call: Call, *, operation: str | None = None, limit: int = 20) -> Waiting:
    """Return who waits for consent, a referral or a receipt."""
    chosen = the_operation(operation)
    register = _read(call, chosen)
    persons = waiting.referrals(register.tables, register.minors, register.first_filed, register.done)
    return _page(call, chosen, persons, limit)


def own(call: Call, *, operation: str | None = None, limit: int = 20) -> Waiting:
    """Return what the protection officer asks of the actor's state, or of those of its agencies that the actor speaks
    for: own records of whom a screening found indications of trafficking, and those whose referral waits for a receipt.

    Raises Refused for an actor who speaks for no state in particular.
    """
    if not call.by.units:
        raise Refused("referral-which-state")
    code = the_operation(operation).code
    done = acts.done_so_far(code, call.by.units)
    referred = {
        record: (at, service)
        for record, (at, service, received) in done.referred.items()
        if not received and call.by.owns(record)
    }
    screened = [
        record for record, finding in done.screened.items() if finding == waiting.INDICATIONS and call.by.owns(record)
    ]
    moments = acts.screened_at(code, screened)
    persons = [
        WaitingPerson(record, False, waiting.INDICATIONS, moments[record], False, ()) for record in sorted(screened)
    ] + [
        WaitingPerson(record, False, "receipt", at, is_overdue(at, call.at), (), service)
        for record, (at, service) in sorted(referred.items(), key=lambda entry: (entry[1][0], entry[0]))
    ]
    return Waiting(persons[:limit], len(persons), 0, sum(person.overdue for person in persons))


def _read(call: Call, operation: Operation) -> _Register:
    tables, births = personal.with_births(
        operation.code, at=None, context=call.context, purpose=Purpose.PROTECTION, names=_READ
    )
    minors = minor_records(tables["people"], births, operation.start)
    # A correction does not turn the clock back: somebody waits since the row was first filed.
    in_force = set(tables["people"]["record"].to_pylist())
    first = Person.objects.filter(operation=operation.code).values_list("record").annotate(Min("entered_at"))
    first_filed = {record: moment for record, moment in first if record in in_force}
    return _Register(tables, set(map(str, minors.to_pylist())), first_filed, acts.done_so_far(operation.code))


def _page(
    call: Call,
    operation: Operation,
    persons: Sequence[waiting.WaitingForScreening | waiting.WaitingForReferral],
    limit: int,
) -> Waiting:
    shown = persons[: max(limit, 0)]
    found_in = _other_states(operation.code, [person.record for person in shown])
    return Waiting(
        persons=[
            WaitingPerson(
                record=person.record,
                minor=person.is_minor,
                needs=person.reason if isinstance(person, waiting.WaitingForScreening) else person.step,
                since=person.since,
                overdue=is_overdue(person.since, call.at),
                found_in=found_in[person.record],
                service="" if isinstance(person, waiting.WaitingForScreening) else person.service,
            )
            for person in shown
        ],
        total=len(persons),
        minors=sum(person.is_minor for person in persons),
        overdue=sum(is_overdue(person.since, call.at) for person in persons),
    )


def _other_states(operation: str, records: Collection[str]) -> Mapping[str, Sequence[str]]:
    """Return for each record the other states in whose records the latest run sees the same person."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    run = last_run(operation, protected=True)
    if run is not None:
        members = ClusterMember.objects.filter(run_id=run.run_id)
        clusters = dict(members.filter(record__in=records).values_list("record", "cluster"))
        units: defaultdict[str, set[str]] = defaultdict(set)
        for cluster, record in members.filter(cluster__in=set(clusters.values())).values_list("cluster", "record"):
            units[cluster].add(unit_of(record))
        for record, cluster in clusters.items():
            found[record] = units[cluster] - {unit_of(record)}
    return {record: sorted(found[record]) for record in records}
