"""Two worlds that differ in a protected person alone, and what every verb tells an officer in each of them.

Togo's return holds one protected person more, less or another. That is hidden from a state officer of Mali, because it
is another state's, and from desk, press, auditor and administrator, because she is protected.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import psycopg
import yaml
from django.apps import apps
from django.db import connection
from psycopg import sql

from tests.builders import POLICY, PRESS_SECTION, somebody
from tests.conftest import Administered, forget_keys
from tests.two_returns import filed
from traboule.app.desk import Desk
from traboule.app.dispatch import SIGN_IN
from traboule.app.forms import EXPORT_FORMATS
from traboule.app.live.following import LiveCounts
from traboule.app.verbs import VERBS
from traboule.core.errors import TrabouleError
from traboule.core.permissions import Actor, Role
from traboule.database import connections
from traboule.database.context import acting

AT = datetime(2024, 10, 9, 9, tzinfo=UTC)
ENGINE = Actor("engine", Role.ENGINE)
PROTECTION = somebody("Ana Ruiz", Role.PROTECTION)
MALI = somebody("officer of ML", Role.NATIONAL, "ML")
CURIOUS = (
    MALI,
    somebody("Awa Diop", Role.DESK),
    somebody("Lina Haddad", Role.AUDITOR),
    somebody("Iris Novak", Role.PRESS),
    somebody("Jo Kim", Role.ADMINISTRATOR),
    SIGN_IN,
)
TOGO = somebody("officer of TG", Role.NATIONAL, "TG")
ACCOUNTS = (*(by for by in CURIOUS if by.account), PROTECTION, TOGO)
PAIR = ("ML/Police/P1", "TG/Police/P1")
HIDDEN = "TG/Police/X1"
HANDLE = "H-AAAAAAAAAA"  # Of no hit.
PASSWORD = "a lantern on the long quay"
REASON = '{en: "late returns", fr: "comptes rendus tardifs", es: "informes tardíos", ar: "تقارير متأخرة"}'
_ROLES = ("possible_victim", "victim", "smuggled_migrant", "irregular_migrant", "witness", "missing", "suspect")

Person = Mapping[str, Any]
# A victim whom Togo filed, so like a suspect of Mali's that the two are linked.
KNOWN: Person = {
    "person": {"family_name": "Amavi Adjoa", "birth_date": "1999", "sex": "female"},
    "role": "possible_victim",
    "is_victim": True,
    "phone": "+22376123451",
    "leg": True,
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a verb gave: its result or its refusal, as text in the order in which it was given."""

    text: str

    @property
    def size(self) -> int:
        """The length of what was given."""
        return len(self.text.encode())


def protected_person(random: Random) -> Person:
    """Return a protected person, often much like a suspect whom Mali filed."""
    role = random.choice(_ROLES)
    likeness = {"family_name": "Amavi Adjoa", "birth_date": "1999", "sex": "female"}
    person = likeness if random.random() < 0.5 else {"family_name": f"Mensah {random.randrange(99)}", "sex": "male"}
    if role == "suspect" or random.random() < 0.3:  # Arrested and a minor.
        person = {**person, "birth_date": f"{random.randrange(2007, 2018)}"}
    return {
        "person": {**person, "citizenships": random.choice(("TG", "ML", "NG"))},
        "role": role,
        "is_victim": random.random() < 0.5,
        "phone": random.choice(("+22376123451", "+22370000000", "")),
        "leg": random.random() < 0.5,
    }


def togo(protected: Person | None, version: int = 1) -> bytes:
    """Return Togo's return with two suspects and, where there is one, a protected person."""
    content: dict[str, Any] = json.loads(filed("TG", "Police"))
    content["cover"]["version"] = version
    if protected is not None:
        fact = {"person": "X1", "action": "A1"}
        content["people"].append({"row_id": "X1", **protected["person"]})
        content["roles"].append({"row_id": "X1", **fact, "role": protected["role"]})
        if protected["is_victim"]:
            status = {"status": "PossibleVictimOfTrafficking"}
            content.setdefault("victims", []).append({"row_id": "V1", **fact, **status})
        if protected["phone"]:
            row = {"row_id": "I9", "person": "X1", "kind": "phone", "value": protected["phone"]}
            content["identifiers"].append(row)
        if protected["leg"]:
            content["legs"] = [{"row_id": "L1", "person": "X1", "order": 1, "from_country": "TG", "to_country": "ML"}]
    return json.dumps(content).encode()


def operation_file() -> str:
    """Return the file of an operation of two states with a release in English."""
    operation = {
        "code": "liberterra-ii",
        "title": {"en": "Lantern", "fr": "Lanterne", "es": "Linterna", "ar": "الفانوس"},
        "window": {"start": "2024-09-29", "end": "2024-10-04"},
        "participants": [{"state": state, "required": "true"} for state in ("ML", "TG")],
        "coordination_units": ["ML"],
        "figures": ["participants", "arrests", "potential_victims", "potential_victims_minors"],
        "vocabularies": ["countries", "sexes"],
        "person_rows_for_migrants": "false",
        "press": PRESS_SECTION,
        "release": {**POLICY, "languages": ["en"]},
    }
    return yaml.safe_dump(operation, allow_unicode=True)


def arguments_of(verb: str) -> dict[str, Any]:
    """Return what ``verb`` is asked with. Raises KeyError for a verb that has no line here."""
    mali: dict[str, Any] = {"name": "ML.json", "content": filed("ML", "Police")}
    lines: dict[str, dict[str, Any]] = {
        "session.begin": {"login": "awa.diop", "password": PASSWORD},
        "session.passkey": {"site": "localhost", "origin": "http://localhost", "answer": "{}"},
        "session.challenge": {"site": "localhost", "origin": "http://localhost"},
        "session.provider-begin": {"issuer": "https://login.example", "browser": "a secret of nobody's"},
        "session.provider-resume": {"issuer": "https://login.example", "browser": "of nobody's", "state": "none"},
        "session.provider": {
            "party": {"issuer": "https://login.example", "client_id": "traboule"},
            "answer": {"state": "none", "browser": "of nobody's", "token": "none", "keys": {"keys": []}},
        },
        "session.provider-code": {"ticket": "awa.diop none", "browser": "of nobody's", "code": "000000"},
        "session.seat": {"user": "awa", "embedded": True},
        "session.demo": {"login": "awa.diop"},
        "session.accounts": {},
        "session.end": {"token": "a token of nobody's"},
        "session.list": {"token": "a token of nobody's"},
        "session.end-others": {"token": "a token of nobody's"},
        "account.show": {},
        "account.password": {"old": PASSWORD, "new": f"{PASSWORD} again", "token": "a token of nobody's"},
        "account.codes": {},
        "account.codes-confirm": {"code": "000000", "token": ""},
        "passkey.challenge": {"site": "localhost", "origin": "http://localhost"},
        "passkey.add": {"site": "localhost", "origin": "http://localhost", "name": "blue key", "answer": "{}"},
        "passkey.list": {},
        "passkey.remove": {"passkey": "of-nobody"},
        "token.make": {"name": "filing"},
        "token.list": {},
        "token.end": {"name": "filing"},
        "people.list": {},
        "people.add": {"login": "kofi.mensah", "name": "Kofi Mensah", "roles": ("desk",), "password": PASSWORD},
        "people.end": {"login": "kofi.mensah"},
        "people.grant": {"login": "kofi.mensah", "role": "auditor"},
        "people.revoke": {"login": "kofi.mensah", "role": "auditor"},
        "people.unit": {"code": "NE", "state": "NE", "name": "Niamey", "agencies": ("Police",)},
        "people.password": {"login": "kofi.mensah"},
        "people.codes-remove": {"login": "kofi.mensah"},
        "people.sessions-end": {"login": "kofi.mensah"},
        "people.bind": {"login": "awa.diop", "issuer": "https://login.example", "subject": "awa"},
        "people.identities": {},
        "people.unbind": {"issuer": "https://login.example", "subject": "awa"},
        "people.demo": {"actors": ACCOUNTS},
        "operation.open": {"text": operation_file()},
        "operation.show": {},
        "return.template": {"state": "ML", "language": "fr"},
        "return.check": {**mali, "language": "ar"},
        "return.read": {"files": [(mali["name"], mali["content"])]},
        "return.cover": mali,
        "return.preview": mali,
        "return.receive": {**mali, "content": mali["content"].replace(b'"version": 1', b'"version": 2')},
        "return.list": {},
        "return.withdraw": {"state": "ML", "agency": "Police", "up_to": 1},
        "link": {},
        "stop.add": {"kind": "phone", "value": "+22365001234", "reason": "a shelter’s"},
        "networks.list": {},
        "networks.show": {"number": 1},
        "convergence.show": {},
        "recurrence.list": {},
        "routes.show": {},
        "offers.list": {},
        "networks.findings": {},
        "stop.list": {},
        "stop.undo": {"number": 1, "reason": "a client’s"},
        "link.model": {},
        "judge.queue": {"limit": 100},
        "judge.explain": {"pair": PAIR},
        "judge.built": {"record": PAIR[0]},
        "judge.left-out": {},
        "judge.decide": {"pair": PAIR, "verdict": "match", "reason": "one photograph"},
        "judge.undo": {"pair": PAIR, "reason": "another face"},
        "hits.list": {"everything": True},
        "hits.verify": {"handle": HANDLE, "reason": "one photograph"},
        "hits.pass-on": {"handle": HANDLE},
        "hits.withhold": {"handle": HANDLE, "reason": "not hers to know"},
        "hits.alarms": {},
        "hits.thaw": {"handle": HANDLE, "reason": "three posts of one border"},
        "decoy.plant": {"kind": "phone", "value": "+22376999001", "reason": "in the list of Lomé"},
        "decoy.list": {},
        "decoy.withdraw": {"number": 1, "reason": "the list was destroyed"},
        "hits.mine": {},
        "hits.release": {"handle": HANDLE, "contact": "Bamako desk", "handling": "H2", "evaluation": "B2"},
        "hits.refuse": {"handle": HANDLE, "reason": "a case under way"},
        "deconflict.announce": {
            "owner": ("ML", "Police"),
            "window": (AT + timedelta(days=1), AT + timedelta(days=2)),
            "target": ("phone", "+22376123451"),
        },
        "deconflict.mine": {},
        "deconflict.withdraw": {"record": "ML/Police/D-AAAAAAAAAA"},
        "reads.mine": {},
        "screening.list": {},
        "screening.record": {"record": PAIR[0], "finding": "none"},
        "referral.list": {},
        "referral.make": {"record": PAIR[0], "service": "IOM Bamako"},
        "referral.own": {},
        "referral.confirm": {"record": PAIR[0]},
        "figures.compute": {},
        "figures.show": {},
        "figures.explain": {"figure": "potential_victims"},
        "figures.compare": {"earlier": AT - timedelta(days=1), "by_state": True},
        "live.look": {"counts": LiveCounts()},
        "live.store": {"counts": LiveCounts()},
        "figures.unseen": {},
        "release.draft": {},
        "release.revise": {"texts": f"reason: {REASON}"},
        "release.finalise": {},
        "release.texts": {},
        "release.check-texts": {"texts": "reason: {en: three late returns}"},
        "release.embargo": {"until": None},
        "release.verdict": {},
        "release.proof": {},
        "release.sign": {},
        "release.issue": {},
        "release.show": {},
        "release.list": {},
        "release.published": {},
        "release.rebuild": {},
        "release.recount": {},
        "release.withdraw": {"reason": "mistaken"},
        "release.confirm-withdrawal": {},
        "text.check": {"content": b"2,517 arrests.", "name": "text.txt"},
        "public-record.rows": {},
        "public-record.compare": {"figures": {}},
        "research.export": {"epsilon": 1.0, "columns": ("sex",)},
        "exchange.export": {"format": "csv", "recipient": "NCB", "purpose": "protection"},
        "exchange.export-desk": {"format": "csv", "recipient": "NCB", "purpose": "protection"},
        "exchange.list": {},
        "exchange.check": {"sha256": "0" * 64},
        "erasure.propose": {"record": HIDDEN},
        "erasure.list": {},
        "erasure.confirm": {"record": HIDDEN},
        "retention.show": {},
        "retention.run": {},
        "retention.replay": {},
        "ledger.key": {},
        "ledger.head": {"since": 1},
        "ledger.verify": {},
        "ledger.export": {},
        "ledger.begin": {},
        "ledger.inspect": {"bundle": b"{}", "key": "no key"},
        "ledger.cosign": {
            "state": None,
            "key": "no key",
            "checkpoint": "",
            "consistency": (),
            "key_file": Path("witness-key"),
            "name": "Bamako",
        },
        "keys.rotate": {},
        "database.status": {},
    }
    return lines[verb]


# What is asked besides, about the protected record itself: it must look like one that nobody filed.
PRYING: tuple[tuple[str, dict[str, Any]], ...] = (
    ("judge.explain", {"pair": (PAIR[0], HIDDEN)}),
    ("judge.explain", {"pair": (PAIR[0], HIDDEN), "things": True}),
    ("judge.built", {"record": HIDDEN}),
    ("judge.decide", {"pair": (PAIR[0], HIDDEN), "verdict": "match", "reason": "x"}),
    ("judge.undo", {"pair": (PAIR[0], HIDDEN), "reason": "x"}),
    ("judge.queue", {"limit": 100, "things": True}),
    ("referral.confirm", {"record": HIDDEN}),
    *(
        (verb, {"format": name, "recipient": "NCB", "purpose": "investigation"})
        for verb in ("exchange.export", "exchange.export-desk")
        for name in EXPORT_FORMATS
    ),
    ("return.withdraw", {"state": "TG", "agency": "Police"}),
    ("return.preview", {"name": "TG.json", "content": togo(None)}),
    ("return.receive", {"name": "TG.json", "content": togo(None)}),
)


def empty(started: Administered) -> None:
    """Delete every row, and let numbers begin again."""
    with psycopg.connect(started.root.to(database=started.app.database).uri()) as root:
        tables = sorted(model._meta.db_table for model in apps.get_models())
        names = sql.SQL(", ").join(map(sql.Identifier, tables))
        root.execute(sql.SQL("TRUNCATE {} RESTART IDENTITY CASCADE").format(names))
    forget_keys(started)


def build(started: Administered, protected: Person | None) -> Desk:
    """Connect to the database, empty it, and play the world in it: opened, filed, linked, counted."""
    connections.use(started.app)
    empty(started)
    desk = Desk(started)
    administrator = CURIOUS[4]
    desk.perform("people.demo", by=administrator, at=AT, actors=ACCOUNTS)
    desk.perform("operation.open", by=administrator, at=AT, text=operation_file())
    desk.perform("return.receive", by=TOGO, at=AT, name="TG.json", content=togo(protected))
    desk.perform("return.receive", by=MALI, at=AT, name="ML.json", content=filed("ML", "Police"))
    desk.perform("link", by=ENGINE, at=AT)
    desk.perform("figures.compute", by=ENGINE, at=AT)
    return desk


def answers(desk: Desk, curious: tuple[Actor, ...] = CURIOUS) -> Iterator[tuple[str, Role, Answer]]:
    """Ask every verb as every officer, and pry; yield verb, role and answer in the same order in every world."""
    asked = [*((verb, arguments_of(verb)) for verb in VERBS), *PRYING]
    for minute, (verb, arguments) in enumerate(asked, start=1):
        for by in curious:
            yield verb, by.role, ask(desk, by, verb, arguments, AT + timedelta(minutes=minute))


def ask(desk: Desk, by: Actor, verb: str, arguments: Mapping[str, Any], at: datetime) -> Answer:
    """Return what ``verb`` gives or refuses."""
    try:
        result = desk.perform(verb, by=by, at=at, **arguments)
    except TrabouleError as refusal:
        return Answer(f"{type(refusal).__name__} {refusal.code} {refusal.values} {refusal.sentence('en')}")
    return Answer(json.dumps(result.to_json(), ensure_ascii=False, default=str))


def rows_seen(by: Actor) -> dict[str, list[str]]:
    """Return every row of every table that the application's role reads in the context of ``by``, as text."""
    seen = {}
    with acting(by), connection.cursor() as cursor:
        for table in sorted(model._meta.db_table for model in apps.get_models()):
            query = sql.SQL("SELECT t::text FROM {} t").format(sql.Identifier(table))
            cursor.execute(query)
            seen[table] = [str(text) for (text,) in cursor.fetchall()]
    return seen
