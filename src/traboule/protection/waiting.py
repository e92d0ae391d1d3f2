"""Tell which protected persons wait for screening or for a referral, since when and for whom.

In: the register's tables in force, who is a minor, when each record was first filed, what was done so far. Out: one row
a record. Guaranteed: minors first, then whoever waits longest; a person of unclear role waits rather than not; the
order depends on nothing but the arguments.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from traboule.register.protected import EXPOSED_ROLES, VICTIM_ROLES

_PENDING = "pending_screening"
_NO_VICTIM = "NotAVictimOfTrafficking"
INDICATIONS, UNCLEAR = "indications", "unclear"
GIVEN, REFUSED = "given", "refused"
# What states file of a referral, what ends the waiting last.
_FILED_ORDER = ("not_referred", "offered", "declined", "referred", "in_care")
_SETTLED = ("declined", "referred", "in_care")


@dataclass(frozen=True, slots=True)
class DoneSoFar:
    """Acts by record: the last screening's finding, and the last referral as (its moment, its service, whether it was
    received)."""

    screened: Mapping[str, str]
    referred: Mapping[str, tuple[datetime, str, bool]]


@dataclass(frozen=True, slots=True)
class WaitingForScreening:
    """``reason``: why the person of ``record`` is screened before any charge; ``finding``: what was found earlier."""

    record: str
    is_minor: bool
    reason: str
    since: datetime
    finding: str


@dataclass(frozen=True, slots=True)
class WaitingForReferral:
    """``step``: what is missing (consent, referral, receipt); ``filed``: what the state filed of a referral."""

    record: str
    is_minor: bool
    step: str
    consent: str
    filed: str
    since: datetime
    service: str


def screenings(
    tables: Mapping[str, pa.Table], minors: Collection[str], first_filed: Mapping[str, datetime], done: DoneSoFar
) -> list[WaitingForScreening]:
    """Return who waits for screening: suspects and arrested persons who may be victims or are minors, and persons
    whose role is unknown. A screening that stayed unclear leaves the person waiting."""
    exposed = _holders(tables["roles"], EXPOSED_ROLES) | _named(tables["arrests"])
    victims = potential_victims(tables)
    reasons: dict[str, str] = dict.fromkeys(_holders(tables["roles"], (_PENDING,)), "role-unknown")
    reasons |= dict.fromkeys(exposed & set(minors), "suspect-and-minor")
    reasons |= dict.fromkeys(exposed & victims, "suspect-and-victim")
    return _in_order(
        WaitingForScreening(record, record in minors, reason, first_filed[record], done.screened.get(record, ""))
        for record, reason in reasons.items()
        if record in first_filed and done.screened.get(record, UNCLEAR) == UNCLEAR
    )


def referrals(
    tables: Mapping[str, pa.Table], minors: Collection[str], first_filed: Mapping[str, datetime], done: DoneSoFar
) -> list[WaitingForReferral]:
    """Return which potential victims wait for consent, a referral or a receipt. Whoever refused waits for nothing."""
    filed = _last_filed(tables["victims"])
    screened = {record for record, finding in done.screened.items() if finding == INDICATIONS}
    waiting = []
    for record in (potential_victims(tables) | screened) & set(first_filed):
        consent, status = filed.get(record, ("", ""))
        moment, service, received = done.referred.get(record, (first_filed[record], "", False))
        if received or consent == REFUSED or (not service and status in _SETTLED):
            continue
        step = "receipt" if service else "referral" if consent == GIVEN else "consent"
        waiting.append(WaitingForReferral(record, record in minors, step, consent, status, moment, service))
    return _in_order(waiting)


def potential_victims(tables: Mapping[str, pa.Table]) -> set[str]:
    """Return the records of persons filed as victims or potential victims."""
    victims = tables["victims"]
    found = victims.filter(pc.invert(pc.is_in(victims["status"], pa.array([_NO_VICTIM]))))
    return _holders(tables["roles"], VICTIM_ROLES) | _named(found)


def consent_of(tables: Mapping[str, pa.Table], record: str) -> str:
    """Return the consent to share that is filed of a record, empty where none is."""
    return _last_filed(tables["victims"]).get(record, ("", ""))[0]


def _last_filed(victims: pa.Table) -> dict[str, tuple[str, str]]:
    """Return consent and referral of each record. Of several rows a refusal outweighs, and the furthest referral."""
    filed: dict[str, tuple[str, str]] = {}
    for row in victims.select(["person_record", "consent_to_share", "referral"]).to_pylist():
        consent, status = filed.get(row["person_record"], ("", ""))
        consents = {consent, row["consent_to_share"] or ""}
        statuses = [text for text in (status, row["referral"]) if text in _FILED_ORDER]
        filed[row["person_record"]] = (
            REFUSED if REFUSED in consents else GIVEN if GIVEN in consents else "",
            max(statuses, key=_FILED_ORDER.index, default=""),
        )
    return filed


def _holders(roles: pa.Table, codes: Iterable[str]) -> set[str]:
    return _named(roles.filter(pc.is_in(roles["role"], pa.array(list(codes)))))


def _named(table: pa.Table) -> set[str]:
    return {str(record) for record in table["person_record"].unique().drop_null().to_pylist()}


def _in_order(waiting: Iterable[Any]) -> list[Any]:
    return sorted(waiting, key=lambda person: (not person.is_minor, person.since, person.record))
