"""Plant decoys, list them, withdraw one: identifiers of nobody, whose filing alarms the protection officer.

In: an identifier and why it was planted, or the number of a decoy. Out: decoys with their signatures and reasons.
Guaranteed: no value is shown again; an identifier that somebody has filed or announced is no decoy, so that no honest
officer is suspected; planting changes nothing that anybody else is shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from traboule.app.dispatch import Call
from traboule.app.handlers.hits.guarding import identifiers_filed
from traboule.app.handlers.opening import the_operation
from traboule.core.codes import vocabulary
from traboule.core.errors import Conflict, NotFound, Refused
from traboule.core.identifiers import Reason, Verdict, normalise
from traboule.core.language.spelling import nearest
from traboule.hits import decoys
from traboule.hits.announcements import target_hash

_NO_SUCH = (Reason.FORMAT, Reason.UNREADABLE)


@dataclass(frozen=True, slots=True)
class PlantedDecoy:
    """A decoy as it stands: ``kind`` in words; ``withdrawn_*`` empty while it stands."""

    number: int
    kind: str
    reason: str
    by: str
    at: str
    withdrawn_by: str
    withdrawn_at: str
    withdrawn_reason: str

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class DecoyList:
    """All decoys of an operation, in the order of their numbers."""

    decoys: Sequence[PlantedDecoy]

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {"decoys": [decoy.to_json() for decoy in self.decoys]}


def plant(
    call: Call,
    *,
    kind: str,
    value: str,
    reason: str,
    state: str | None = None,
    operation: str | None = None,
    language: str = "en",
) -> PlantedDecoy:
    """Plant an identifier of nobody; a national telephone number is read in ``state``.

    Raises Refused without a person or a reason and for what is no identifier, Conflict where it is planted already or
    somebody has filed or announced it.
    """
    signed_reason = _required(call, reason)
    if kind not in vocabulary("identifier_kinds"):
        codes = vocabulary("identifier_kinds").codes
        raise Refused("stop-kind-unknown", kind=kind, known=", ".join(codes), near=nearest(kind, codes))
    if state is not None and state not in vocabulary("countries"):
        raise Refused("stop-state-unknown", state=state)
    read = normalise(kind, value, region=state)
    if read.reason is Reason.NO_REGION:
        raise Refused("stop-value-without-state")
    if read.placeholder or not read.normal or (read.verdict is Verdict.FAILED and read.reason in _NO_SUCH):
        raise Refused("decoy-value", kind=kind)
    code = the_operation(operation).code
    digest = target_hash(code, kind, read.normal)
    if (number := decoys.standing(code).get(digest)) is not None:
        raise Conflict("decoy-standing", number=number)
    if decoys.named_by(code, {digest: 0}, identifiers_filed(call, code)):
        raise Conflict("decoy-somebodys")
    return _planted(decoys.plant(code, kind, read.normal, reason=signed_reason, by=call.by, at=call.at), language)


def list_decoys(call: Call, *, operation: str | None = None, language: str = "en") -> DecoyList:
    """Return the decoys that were planted and withdrawn, with reasons and signatures, never their values."""
    return DecoyList([_planted(decoy, language) for decoy in decoys.decoys(the_operation(operation).code)])


def withdraw(
    call: Call, *, number: int, reason: str, operation: str | None = None, language: str = "en"
) -> PlantedDecoy:
    """Withdraw a decoy: its alarms end. Raises Refused without a person or a reason, NotFound, Conflict where it is
    withdrawn already."""
    signed_reason = _required(call, reason)
    code = the_operation(operation).code
    decoy = next((candidate for candidate in decoys.decoys(code) if candidate.number == number), None)
    if decoy is None:
        raise NotFound("decoy-unknown", number=number)
    if decoy.withdrawn is not None:
        raise Conflict("decoy-withdrawn", number=number)
    return _planted(decoys.withdraw(code, decoy, reason=signed_reason, by=call.by, at=call.at), language)


def _required(call: Call, reason: str) -> str:
    if not call.by.person:
        raise Refused("hit-person-unknown")
    if not reason.strip():
        raise Refused("hit-without-reason")
    return reason.strip()


def _planted(decoy: decoys.Decoy, language: str) -> PlantedDecoy:
    ended = decoy.withdrawn
    return PlantedDecoy(
        number=decoy.number,
        kind=vocabulary("identifier_kinds").label(decoy.kind, language),
        reason=decoys.reason_of(decoy.planted),
        by=decoy.planted.by,
        at=decoy.planted.at.isoformat(),
        withdrawn_by=ended.by if ended else "",
        withdrawn_at=ended.at.isoformat() if ended else "",
        withdrawn_reason=decoys.reason_of(ended) if ended else "",
    )
