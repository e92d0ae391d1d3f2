"""A stolen data folder without its keys: no name, date, number or place of a person in any file of it.

The files are those of the server after it stopped: tables, journal, statistics and all. The control stores what would
be sealed as it is, and finds every one of them.
"""

from __future__ import annotations

import json
from base64 import b85encode
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
import yaml
from tests import hits_built
from tests.builders import somebody
from tests.conftest import open_directory
from tests.two_returns import filed

from traboule.accounts import code_secrets
from traboule.app import start as starting
from traboule.app.desk import Desk
from traboule.core.permissions import Actor, Role
from traboule.database.context import acting
from traboule.hits import sealed_words
from traboule.linkage.store import sealed_reasons
from traboule.operation import sealed_file, stops
from traboule.operation.operation import shipped_text
from traboule.protection import acts
from traboule.protection.waiting import GIVEN
from traboule.returns.subjects import file_names
from traboule.returns.subjects import keys as subject_keys

AT = datetime(2024, 10, 9, 9, tzinfo=UTC)
MALI = somebody("officer of ML", Role.NATIONAL, "ML")
PROTECTION = somebody("Ana Ruiz", Role.PROTECTION)
PERSON = "ML/Police/P1"
COVER = json.loads(filed("ML", "Police"))["cover"]
# Each is written nowhere else in this program.
SAID = {
    "name": "Ouagnimbé",
    "given name": "Zérpha-Lyl",
    "birth date": "1987-11-23",
    "birth place": "Vauquirembert",
    "telephone": "+22370419358",
    "passport": "QX7719043",
    "narrative": "porte murée derrière la blanchisserie",
    "place of the raid": "Trébuchouart",
    "place of a leg": "Pontarquel",
    "day of a leg": "2024-09-17",
    "promised job": "dompteuse de libellules",
    "service": "Refuge des Trois Hiboux",
    "file name": "affaire Bélizaire-Quenotte.json",
    "stopped by the file": "foyer Clairambault-Vesle",
    "title of the operation": "Opération Mésange-Polaire",
}

# What the desks sign, each to be found in no file either.
SIGNED = {
    "reason of a stop": "numéro de la Maison Obélunaire",
    "stopped number": "+22370998877",
    "reason of a judgement": "même cicatrice au poignet gauche",
    "reason of a hit": "reconnue par sa tante Philoména",
    "contact of a hit": "Ségou, bureau des trois caïmans",
    "reason of an owner": "enquête du juge Tartempion en cours",
}


def sign(desk: Desk, at: datetime) -> None:
    """Stop a number, judge, verify two hits, and answer both, with all that :data:`SIGNED` says."""
    said = SIGNED
    number, why = said["stopped number"], said["reason of a stop"]
    hits_built.opened(desk)
    desk.perform("stop.add", by=hits_built.DESK, at=at, kind="phone", value=number, reason=why)
    for by, state in ((hits_built.TOGO, "TG"), (MALI, "ML")):
        written = hits_built.content_of(state, hits_built.SUSPECTS)
        for identifier in written["identifiers"][:1]:
            written["identifiers"].append({**identifier, "row_id": "I9", "value": number})
        hits_built.receive(desk, by, written, at)
    desk.perform("link", by=hits_built.ENGINE, at=at)
    for person in ("P1", "P2"):
        pair, reason = (f"ML/Police/{person}", f"TG/Police/{person}"), said["reason of a judgement"]
        desk.perform("judge.decide", by=hits_built.DESK, at=at, pair=pair, verdict="match", reason=reason)
    desk.perform("link", by=hits_built.ENGINE, at=at + timedelta(minutes=1))
    handles = sorted(hits_built.handles(desk, at + timedelta(minutes=1)).values())
    for handle in handles:
        why = said["reason of a hit"]
        desk.perform(
            "hits.verify", by=hits_built.DESK, at=at + timedelta(minutes=2), handle=handle, reason=why, owner="TG"
        )
    answer = {"contact": said["contact of a hit"], "handling": "H2", "evaluation": "B2"}
    desk.perform("hits.release", by=hits_built.TOGO, at=at + timedelta(minutes=4), handle=handles[0], **answer)
    why = said["reason of an owner"]
    desk.perform("hits.refuse", by=hits_built.TOGO, at=at + timedelta(minutes=4), handle=handles[1], reason=why)


def operation_file() -> str:
    """Return the shipped operation's file with what :data:`SAID` says of it.

    It begins with noise, at which PostgreSQL gives up compressing it, so that the control finds its words.
    """
    written = yaml.safe_load(shipped_text("liberterra-ii"))
    written["title"] |= {"en": SAID["title of the operation"]}
    stopped = {"kind": "phone", "value": "+22370555001", "reason": SAID["stopped by the file"]}
    written["stop_list"] = [*written["stop_list"], stopped]
    return f"# {b85encode(Random(7).randbytes(1200)).decode()}\n{yaml.safe_dump(written, allow_unicode=True)}"


def content(version: int, *, is_held: bool) -> bytes:
    """Return a return that says all of it; ``is_held``: in rows with an error each."""
    said = SAID
    wrong = {"sex": "neither of the codes"} if is_held else {}
    person = {"row_id": "P1", "family_name": said["name"], "given_names": said["given name"], "sex": "female"}
    return json.dumps(
        {
            "cover": {**COVER, "version": version},
            "actions": [
                {
                    **{"row_id": "A1", "kind": "raid", "start": "2024-10-01 05:30", "country": "ML"},
                    **{"place": said["place of the raid"], "narrative": said["narrative"]},
                }
            ],
            "people": [
                {**person, "birth_date": said["birth date"], "birth_place": said["birth place"], **wrong},
                {"row_id": "P2", "family_name": "Diarra", "birth_date": "yesterday " + said["birth date"]},
            ],
            "roles": [{"row_id": "R1", "person": "P1", "action": "A1", "role": "possible_victim"}],
            "victims": [
                {
                    **{
                        "row_id": "V1",
                        "person": "P1",
                        "action": "A1",
                        "status": "possible" if is_held else "PossibleVictimOfTrafficking",
                    },
                    **{"promised_job": said["promised job"], "consent_to_share": "given"},
                }
            ],
            "identifiers": [
                {"row_id": "I1", "person": "P1", "kind": "phone", "value": said["telephone"]},
                {"row_id": "I2", "person": "P1", "kind": "passport", "value": said["passport"], "issuer": "ML"},
            ],
            "legs": [
                {
                    **{"row_id": "L1", "person": "P1", "action": "A1", "order": 1, "from_country": "TG"},
                    **{"from_place": said["place of a leg"], "departed": said["day of a leg"], "to_country": "ML"},
                }
            ],
        },
        ensure_ascii=False,
    ).encode()


def fill(data: Path) -> str:
    """File, link and count on a database in ``data``, and stop its server; return a secret of one-time codes in it."""
    desk = Desk.start(data, database="stolen")
    try:
        desk.perform("operation.open", by=Actor("a", Role.ADMINISTRATOR), at=AT, text=operation_file())
        for version, is_held in ((1, False), (2, True)):
            at = AT + timedelta(hours=version)
            written = content(version, is_held=is_held)
            received = desk.perform("return.receive", by=MALI, at=at, name=SAID["file name"], content=written).receipt
            assert (received.entered > 0, received.held > 2) == (True, is_held)
        later = AT + timedelta(hours=3)
        desk.perform("link", by=Actor("engine", Role.ENGINE), at=later)
        desk.perform("figures.compute", by=somebody("Awa Diop", Role.DESK), at=later)
        desk.perform("referral.make", by=PROTECTION, at=later, record=PERSON, service=SAID["service"])
        desk.perform("people.demo", by=Actor("a", Role.ADMINISTRATOR), at=later, actors=[MALI])
        secret: str = desk.perform("account.codes", by=MALI, at=later).secret
        return secret
    finally:
        desk.stop()
        starting.stop(data)


def found(data: Path, secret: str = "", *, said: Mapping[str, str] = SAID) -> set[str]:
    """Name what of ``said`` stands in clear in a file of the data folder, the folder of keys left out."""
    home = (data / "postgres").resolve()
    files = {path for root in (data, home) for path in root.rglob("*") if path.is_file() and not path.is_symlink()}
    contents = [path.read_bytes() for path in sorted(files) if home / "keys" not in path.parents]
    assert sum(map(len, contents)) > 10_000_000
    forms = {
        name: {text.encode(), json.dumps(text)[1:-1].encode()}
        for name, text in ({**said} | ({"secret": secret} if secret else {})).items()
    }
    return {name for name, texts in forms.items() if any(text in content for content in contents for text in texts)}


@pytest.mark.promise("stolen-folder-tells-nothing")
def test_no_file_says_who_when_or_where() -> None:
    with open_directory() as data:
        secret = fill(data)
        assert found(data, secret) == set()


def test_the_control_without_sealing_every_one_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject_keys.Sealer, "seal_bytes", lambda _self, _subject, content, _where: content)
    monkeypatch.setattr(code_secrets, "seal_secret", lambda _login, secret: secret)
    for module in (sealed_file, file_names):
        monkeypatch.setattr(module, "seal_text", lambda _unit, text, _place: text)
    with open_directory() as data:
        desk = Desk.start(data, database="stolen")
        desk.perform("operation.open", by=Actor("a", Role.ADMINISTRATOR), at=AT, text=operation_file())
        written = content(1, is_held=False)
        desk.perform("return.receive", by=MALI, at=AT, name=SAID["file name"], content=written)
        with acting(PROTECTION):
            acts.refer("liberterra-ii", PERSON, SAID["service"], GIVEN, by=PROTECTION, at=AT)
        desk.perform("people.demo", by=Actor("a", Role.ADMINISTRATOR), at=AT, actors=[MALI])
        secret = desk.perform("account.codes", by=MALI, at=AT).secret
        desk.stop()
        starting.stop(data)
        assert found(data, secret) == {*SAID, "secret"}


def signed_in(data: Path) -> set[str]:
    """Let the desks sign on a database in ``data``, stop its server, and name what of it stands in clear."""
    desk = Desk.start(data, database="signed")
    try:
        sign(desk, AT)
    finally:
        desk.stop()
        starting.stop(data)
    return found(data, said=SIGNED)


@pytest.mark.promise("stolen-folder-tells-nothing")
def test_no_file_says_what_the_desks_signed() -> None:
    with open_directory() as data:
        assert signed_in(data) == set()


def test_the_control_without_sealing_all_that_was_signed_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (sealed_words, sealed_reasons, stops):
        monkeypatch.setattr(module, "seal_text", lambda _unit, text, _place: text)
    with open_directory() as data:
        assert signed_in(data) == {*SIGNED}
