"""Every right granted can be exercised by its role; what is seen hangs on whether it sees protected persons alone.

One operation is played from its opening to its last release. Each verb is done by every role that is granted it, so
that a grant which the walls behind it refuse, or answer with less than is there, does not stand.
"""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyotp
import pytest
import yaml
from tests.builders import POLICY, PRESS_SECTION, somebody
from tests.hits_built import CONTACT, VICTIMS, raised, swept
from tests.ledger_built import BUNDLE, KEY
from tests.passkey_device import ORIGIN, SITE, Device, text_of
from tests.two_returns import filed
from tests.unit.app.test_app_judging import PAIR

from traboule.app.desk import Desk
from traboule.app.live.following import LiveCounts
from traboule.app.start import Started
from traboule.app.verbs import VERBS
from traboule.core.errors import NotFound, Refused
from traboule.core.permissions import GRANTS, PERSONAL_ROLES, Actor, Role
from traboule.database.context import acting
from traboule.ledger.models import Entry
from traboule.linkage.models import LinkRun
from traboule.register.models import PersonIdentity

AT = datetime(2024, 10, 9, 9, tzinfo=UTC)
REASON = '{en: "late returns", fr: "comptes rendus tardifs", es: "informes tardíos", ar: "تقارير متأخرة"}'
ISSUER = "https://login.example"
PLACE = {"site": SITE, "origin": ORIGIN}
DEVICES = {role: Device(number) for number, role in enumerate(PERSONAL_ROLES, start=1)}
EXPORT = {"format": "csv", "recipient": "NCB Bamako", "purpose": "investigation"}
FIGURE = {"figure": "potential_victims"}
TOGO = Actor("officer of TG", Role.NATIONAL, frozenset({"TG"}))
# Who computes for others reads what they may not; a state that files must never be among those others.
COMPUTED = [name for name, verb in VERBS.items() if verb.engine]


def granted(verb: str) -> list[Actor]:
    """Return one person of each role that may do ``verb``; the national officer speaks for Mali."""
    holders = [role for role in Role if VERBS[verb].permission in GRANTS[role]]
    return [officer(role) for role in holders]


def officer(role: Role) -> Actor:
    """Return a person of a role, with an account; the national officer speaks for Mali."""
    return somebody(f"{role.value} officer", role, *(("ML",) if role is Role.NATIONAL else ()))


ANALYSED = ("convergence.show", "recurrence.list", "routes.show", "offers.list", "networks.findings")


def played(text: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every verb that there is with what it is told, in the order of an operation."""
    mali = {"name": "ML.json", "content": with_consent(filed("ML", "Police"))}
    yield from kept_people([officer(role) for role in PERSONAL_ROLES])
    yield "operation.open", {"text": text}
    yield "return.template", {"state": "ML", "language": "fr"}
    yield "return.check", {**mali, "language": "ar"}
    yield "return.read", {"files": [(mali["name"], mali["content"])]}
    yield "return.cover", mali
    yield from ((verb, mali) for verb in ("return.preview", "return.receive"))
    yield "return.list", {}
    yield "operation.show", {}
    yield from (("link", {}), ("link.model", {}))
    yield from stopped()
    yield "judge.queue", {}
    yield "judge.explain", {"pair": PAIR}
    yield "judge.built", {"record": PAIR[0]}
    yield "judge.left-out", {}
    yield "judge.decide", {"pair": PAIR, "verdict": "match", "reason": "one photograph"}
    yield "judge.undo", {"pair": PAIR, "reason": "another face"}
    yield from (("networks.list", {}), ("networks.show", {"number": 1}))
    yield from ((verb, {}) for verb in ANALYSED)
    yield from followed_hits()
    yield from cared_for("ML/Police/P2")
    yield from counted()
    for kind in ("draft", "revise", "finalise"):
        yield f"release.{kind}", {"texts": f"reason: {REASON}"} if kind == "revise" else {}
        yield "release.embargo", {"until": None}
        yield "release.verdict", {}
        yield "release.proof", {}
        yield "release.sign", {}
        yield "release.issue", {}
    yield from ((f"release.{verb}", {}) for verb in ("show", "list", "published", "texts", "check-texts"))
    yield from ((f"release.{verb}", {}) for verb in ("rebuild", "recount"))
    yield "release.withdraw", {"texts": f"reason: {REASON}", "number": 2}
    yield "release.confirm-withdrawal", {"number": 2}
    yield "text.check", {"content": b"2,517 arrests.", "name": "text.txt"}
    yield "public-record.rows", {}
    yield "public-record.compare", {"figures": {}}
    yield "research.export", {"epsilon": 1.0, "columns": ("sex",)}
    yield from ((f"exchange.{verb}", EXPORT) for verb in ("export", "export-desk"))
    yield "exchange.list", {}
    yield "exchange.check", {}
    yield "ledger.key", {}
    yield "ledger.head", {"since": 3}
    yield "ledger.verify", {}
    yield "ledger.export", {}
    yield "ledger.begin", {}
    yield "ledger.inspect", {"bundle": json.dumps(BUNDLE).encode(), "key": KEY}
    yield "ledger.cosign", {"state": None, "key": KEY, "checkpoint": BUNDLE["checkpoint"], "consistency": ()}
    yield from kept_data()
    yield "return.withdraw", {"state": "ML", "agency": "Police"}


def by_a_provider() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every verb about identities of a provider; none of it is of the machine that plays them."""
    yield "people.bind", {"login": "desk.officer", "issuer": ISSUER, "subject": "8d1f"}
    yield "people.identities", {}
    yield "session.provider-begin", {"issuer": ISSUER, "browser": "a secret"}
    yield "session.provider-resume", {"issuer": ISSUER, "browser": "a secret"}
    party = {"issuer": ISSUER, "client_id": "traboule"}
    yield "session.provider", {"party": party, "answer": {"browser": "a secret", "state": "", "token": "", "keys": {}}}
    yield "session.provider-code", {"ticket": "desk.officer none", "browser": "a secret", "code": "000000"}
    yield "people.unbind", {"issuer": ISSUER, "subject": "8d1f"}


def counted() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every verb about figures."""
    yield "figures.compute", {}
    yield "figures.show", {}
    yield "figures.explain", FIGURE
    yield "figures.compare", {"earlier": AT - timedelta(days=1)}
    yield "figures.unseen", {}
    yield from ((verb, {"counts": LiveCounts()}) for verb in ("live.look", "live.store"))


def stopped() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every verb about identifiers that link nothing."""
    yield "stop.add", {"kind": "phone", "value": "+22365001234", "reason": "a shelter’s"}
    yield "stop.list", {}
    yield "stop.undo", {"number": 1, "reason": "a client’s"}


def followed_hits() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every verb about hits; their handles are found by :func:`handle_for`."""
    yield "hits.verify", {"reason": "one photograph", "owner": "ML"}
    yield "hits.list", {}
    yield "hits.mine", {}
    yield "hits.refuse", {"reason": "a case under way"}
    yield "hits.release", CONTACT
    yield "hits.pass-on", {}
    yield "hits.withhold", {"reason": "another face"}
    yield "hits.thaw", {"reason": "three posts of one border"}
    yield "hits.alarms", {}
    yield "decoy.plant", {"kind": "phone", "value": "+22376999001", "reason": "in the list of Lomé"}
    yield "decoy.list", {}
    yield "decoy.withdraw", {"number": 1, "reason": "the list was destroyed"}
    yield (
        "deconflict.announce",
        {
            "owner": ("ML", "Police"),
            "window": (AT + timedelta(days=1), AT + timedelta(days=5)),
            "target": ("phone", "+22376123451"),
        },
    )
    yield "deconflict.mine", {}
    yield "deconflict.withdraw", {}
    yield "reads.mine", {}


def cared_for(record: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every verb about protected persons, asked of a potential victim who consented."""
    yield "screening.list", {}
    yield "screening.record", {"record": record, "finding": "unclear"}
    yield "referral.list", {}
    yield "referral.make", {"record": record, "service": "IOM Bamako"}
    yield "referral.own", {}
    yield "referral.confirm", {"record": record}


def with_consent(content: bytes) -> bytes:
    """Return a return in which the second sister is a potential victim who consents to be referred."""
    filing = json.loads(content)
    status = {"status": "PossibleVictimOfTrafficking", "consent_to_share": "given"}
    filing["victims"] = [{"row_id": "V2", "person": "P2", "action": "A1", **status}]
    return json.dumps(filing).encode()


def kept_data() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every verb about the database and about erasing persons."""
    yield "database.status", {}
    yield "keys.rotate", {}
    yield "erasure.propose", {"record": PAIR[0]}
    yield "erasure.list", {}
    yield "erasure.confirm", {"record": PAIR[0]}
    yield "retention.show", {}
    yield "retention.run", {}
    yield "retention.replay", {}


def kept_people(actors: list[Actor]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every verb about people. Those who act in the other verbs have the accounts made first."""
    yield "people.demo", {"actors": actors}
    yield "session.demo", {"login": actors[0].account}
    yield "session.accounts", {}
    yield "people.unit", {"code": "ML-G", "state": "ML", "name": "Gendarmerie"}
    yield "people.add", {"login": "iris", "name": "Iris Novak", "password": "correct horse battery staple"}
    yield "people.grant", {"login": "iris", "role": "national", "unit": "ML-G"}
    yield "people.revoke", {"login": "iris", "role": "national", "unit": "ML-G"}
    yield "session.begin", {"login": "iris", "password": "correct horse battery staple"}
    yield "session.seat", {"user": "somebody", "embedded": True}
    yield "session.list", {"token": "here"}
    yield "session.end-others", {"token": "here"}
    yield "account.show", {}
    yield "account.password", {"old": "", "new": "correct horse battery staple", "token": "here"}
    yield "passkey.challenge", PLACE
    yield "passkey.add", {**PLACE, "name": "blue key", "password": "correct horse battery staple"}
    yield "passkey.list", {}
    yield "session.challenge", PLACE
    yield "session.passkey", PLACE
    yield from by_a_provider()
    yield "passkey.remove", {}
    yield "token.make", {"name": "filing"}
    yield "token.list", {}
    yield "token.end", {"name": "filing"}
    yield "account.codes", {}
    yield "account.codes-confirm", {}
    yield "people.codes-remove", {"login": "iris"}
    yield "people.password", {"login": "iris"}
    yield "people.sessions-end", {"login": "iris"}
    yield "people.list", {}
    yield "people.end", {"login": "iris"}
    yield "session.end", {"token": "here"}


def operation_file() -> str:
    """Return the file of an operation in which Mali and Togo take part."""
    operation = {
        "code": "liberterra-ii",
        "title": {"en": "Lantern", "fr": "Lanterne", "es": "Linterna", "ar": "الفانوس"},
        "window": {"start": "2024-09-29", "end": "2024-10-04"},
        "participants": [{"state": state, "required": "true"} for state in ("ML", "TG")],
        "coordination_units": ["ML"],
        "figures": ["participants", "potential_victims"],
        "vocabularies": ["countries", "sexes"],
        "person_rows_for_migrants": "false",
        "press": PRESS_SECTION,
        "release": POLICY,
    }
    return yaml.safe_dump(operation, allow_unicode=True)


def test_every_right_granted_is_one(database: Started, tmp_path: Path) -> None:
    desk, at, done = Desk(database), AT, set()
    for verb, told in played(operation_file()):
        done.add(verb)
        if verb == "ledger.cosign":
            told |= {"key_file": tmp_path / "witness", "name": "witness"}
        if verb == "research.export" and importlib.util.find_spec("opendp") is None:
            continue
        if verb == "operation.show":
            desk.perform("return.receive", by=TOGO, at=at, name="TG.json", content=filed("TG", "Police"))
        seen: dict[bool, list[dict[str, Any]]] = {True: [], False: []}
        for by in granted(verb):
            at += timedelta(minutes=1)
            result = desk.perform(verb, by=by, at=at, **{**told, **own(desk, verb, by, at)})
            seen[by.sees_protected].append(result.to_json())
        # An account is its own, as is what a state or the desk exported, and a cosignature names its moment.
        if not VERBS[verb].changes and verb not in (
            "account.show",
            "session.list",
            "passkey.list",
            "token.list",
            "ledger.cosign",
            "exchange.list",
            "exchange.check",
        ):
            for alike in seen.values():
                assert all(_timeless(one) == _timeless(alike[0]) for one in alike), verb
    assert done == set(VERBS)


OF_OWN = {
    "deconflict.withdraw": lambda desk, by, at: {
        "record": desk.perform("deconflict.mine", by=by, at=at).actions[0].record
    },
    "exchange.check": lambda desk, by, at: {
        "sha256": desk.perform("exchange.list", by=by, at=at).exports[0].files[0]["sha256"]
    },
}


def own(desk: Desk, verb: str, by: Actor, at: datetime) -> dict[str, Any]:
    """Return what a verb is told by this actor alone, after what must go before it."""
    if verb == "account.codes-confirm":
        return {"code": pyotp.TOTP(desk.perform("account.codes", by=by, at=at).secret).at(at), "token": ""}
    if "passkey" in verb or "provider" in verb:
        return own_way_in(desk, verb, by, at)
    if verb in OF_OWN:
        return OF_OWN[verb](desk, by, at)
    if verb.startswith("hits.") and verb not in ("hits.list", "hits.mine", "hits.alarms"):
        return {"handle": handle_for(desk, verb, by, at)}
    if verb == "release.confirm-withdrawal" and by.role is Role.PRESS:  # Who proposed the withdrawal that desk signed.
        third = somebody("Third Person", Role.PRESS)
        desk.perform("release.withdraw", by=third, at=at, texts=f"reason: {REASON}", number=1)
        return {"number": 1}
    return {}


def own_way_in(desk: Desk, verb: str, by: Actor, at: datetime) -> dict[str, Any]:
    """Return what a verb about passkeys or providers is told by this actor alone."""
    if verb == "passkey.add":
        return {"answer": DEVICES[by.role].create(desk.perform("passkey.challenge", by=by, at=at, **PLACE).options)}
    if verb == "session.passkey":
        return {"answer": DEVICES[Role.DESK].sign(desk.ask_for_passkey(SITE, ORIGIN, at=at))}
    if verb == "passkey.remove":
        return {"passkey": text_of(DEVICES[by.role].id)}
    if verb == "session.provider-resume":
        return {"state": desk.begin_with_provider(ISSUER, "a secret", at=at).state}
    return {}


def handle_for(desk: Desk, verb: str, by: Actor, at: datetime) -> str:
    """Return the handle of a hit that waits for this verb by this actor."""
    if verb == "hits.thaw":
        return swept(desk, {"ML": 3}, at)[0]
    if verb == "hits.verify" and by.role is Role.DESK:
        raised(desk, ("Gendarmerie", VICTIMS), at)
    hits = desk.perform("hits.mine" if by.role is Role.NATIONAL else "hits.list", by=by, at=at).hits
    stage = {"hits.verify": "to_verify", "hits.withhold": "to_verify", "hits.pass-on": "answered"}.get(verb)
    waiting = [hit.handle for hit in hits if stage is None or hit.stage == stage]
    for handle in waiting[1:] if verb == "hits.release" else ():  # Both desks pass on what was released.
        desk.perform(verb, by=by, at=at, handle=handle, **CONTACT)
    return waiting[0]


def _timeless(plain: dict[str, Any]) -> dict[str, Any]:
    """Return a result without the instant at which it was asked for."""
    return {name: value for name, value in plain.items() if name not in ("as_of", "to")}


@pytest.mark.parametrize("verb", COMPUTED)
def test_a_filing_state_has_nothing_computed_for_it(verb: str) -> None:
    assert Role.NATIONAL not in {by.role for by in granted(verb)}


def test_what_is_computed_for_somebody_stands_in_their_name(database: Started) -> None:
    """The ledger knows who asked, and no connection keeps the engine's eyes."""
    desk, officer = Desk(database), Actor("Awa Diop", Role.DESK)
    desk.perform("operation.open", by=officer, at=AT, text=operation_file())
    desk.perform("return.receive", by=TOGO, at=AT, name="TG.json", content=filed("TG", "Police"))
    desk.perform("link", by=officer, at=AT)
    with acting(officer):
        assert list(Entry.objects.filter(verb="link").values_list("actor", "role")) == [("Awa Diop", "desk")]
        assert list(LinkRun.objects.values_list("by", flat=True)) == ["Awa Diop"]
        assert PersonIdentity.objects.count() == 0
    with acting(Actor("engine", Role.ENGINE)):
        assert PersonIdentity.objects.count() == 2


def test_a_press_officer_sees_no_row_behind_a_figure(database: Started) -> None:
    press = Actor("Iris Novak", Role.PRESS)
    for verb, told in (("figures.explain", FIGURE), ("figures.compare", {"earlier": AT}), ("release.recount", {})):
        with pytest.raises(Refused) as refusal:
            Desk(database).perform(verb, by=press, at=AT, **told)
        assert refusal.value.code == "not-permitted"


def test_no_file_of_this_machine_is_opened_by_its_name(database: Started, tmp_path: Path) -> None:
    """A login that may open an operation is none to the server's files; what is told of them would be enough."""
    secret = tmp_path / "operation.yaml"
    secret.write_text(operation_file(), encoding="utf-8")
    with pytest.raises(NotFound):
        Desk(database).perform("operation.open", by=Actor("a", Role.DESK), at=AT, source=str(secret))
