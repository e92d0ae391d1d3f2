"""The ledger at the command line: receipts, verification in words, bundles, witnesses, exit statuses."""

from __future__ import annotations

import json
from pathlib import Path

import psycopg
import pytest
from tests.two_returns import filed
from tests.unit.cli.conftest import AGENCY, AtDesk

from traboule.app.recording.anchored import ANCHORED
from traboule.app.start import Started
from traboule.core.language.languages import LANGUAGES
from traboule.core.language.messages import catalogue
from traboule.ledger.verifier import SENTENCES

WORDS = catalogue("traboule.cli", "words.yaml")


def superuser(database: Started, statement: str) -> None:
    with psycopg.connect(database.root.to(database=database.app.database).uri()) as root:
        root.execute(statement)


@pytest.fixture
def receipt(at_desk: AtDesk, tmp_path: Path) -> Path:
    """A receipt, with the ledger's proof, of a return filed again."""
    (tmp_path / "ML.json").write_bytes(filed("ML", AGENCY))
    ended = at_desk("return", "receive", "ML.json", "--receipt", "ML.receipt.json")
    assert ended.status == 0, ended.err
    assert "ML.receipt.json" in ended.out
    return tmp_path / "ML.receipt.json"


@pytest.mark.promise("ledger-cannot-fork")
def test_a_receipt_is_verified_and_an_altered_one_is_named(at_desk: AtDesk, receipt: Path) -> None:
    ended = at_desk("ledger", "verify", "--receipt", receipt.name)
    assert (ended.status, "The ledger is intact" in ended.out) == (0, True)
    plain = json.loads(receipt.read_text(encoding="utf-8"))
    receipt.write_text(json.dumps({**plain, "filed": plain["filed"] + 1}), encoding="utf-8")
    ended = at_desk("ledger", "verify", "--receipt", receipt.name)
    assert ended.status == 1
    assert "ML.receipt.json is not the receipt that the ledger recorded." in ended.out
    receipt.write_text("{}", encoding="utf-8")
    assert at_desk("ledger", "verify", "--receipt", receipt.name).status == 1
    receipt.write_text("nonsense", encoding="utf-8")
    assert at_desk("ledger", "verify", "--receipt", receipt.name).status == 6


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_altered_is_named_in_words(at_desk: AtDesk, database: Started, language: str) -> None:
    superuser(database, "UPDATE returns_returnoriginal SET sealed = set_byte(sealed, 0, 0) WHERE unit = 'ML'")
    superuser(database, "UPDATE register_person SET sheet = 'x' WHERE unit = 'TG'")
    ended = at_desk("ledger", "verify", "--language", language)
    assert ended.status == 1
    said = ended.out.replace("\u2068", "").replace("\u2069", "")
    assert WORDS["ledger-table-returns_returnoriginal"][language] in said
    assert "(person)" in said
    assert "{" not in said
    assert "register_" not in said


def test_every_table_and_every_finding_has_words() -> None:
    tables = [table.name for table in ANCHORED if not table.name.startswith("register_")]
    assert [name for name in tables if f"ledger-table-{name}" not in WORDS] == []
    assert {set(sentences) == set(SENTENCES["en"]) for sentences in SENTENCES.values()} == {True}
    assert set(SENTENCES) == set(LANGUAGES)


def test_a_bundle_is_checked_with_the_key_as_published(at_desk: AtDesk, receipt: Path) -> None:
    key = at_desk("ledger", "key").out.strip()
    ended = at_desk("ledger", "export", "--out", "ledger.json", "--tiles", "tiles", "--verifier", "verifier.py")
    assert (ended.status, key in ended.out) == (0, True)
    assert Path("tiles/checkpoint").read_text(encoding="utf-8").startswith("traboule/")
    assert Path("verifier.py").read_text(encoding="utf-8").startswith('"""Verify a ledger')
    offline = ("ledger", "verify", "--bundle", "ledger.json")
    assert at_desk(*offline).status == 3
    assert at_desk(*offline, "--key", "nonsense").status == 3
    ended = at_desk(*offline, "--key", key, "--receipt", receipt.name, "--json")
    assert (ended.status, json.loads(ended.out)["intact"]) == (0, True)
    Path("ledger.json").write_text(
        Path("ledger.json").read_text(encoding="utf-8").replace("ML", "SN"), encoding="utf-8"
    )
    assert at_desk(*offline, "--key", key).status == 5
    Path("ledger.json").write_text("[]", encoding="utf-8")
    assert at_desk(*offline, "--key", key).status == 6


@pytest.mark.promise("ledger-cannot-fork")
def test_a_witness_signs_only_what_continues(at_desk: AtDesk, database: Started, receipt: Path) -> None:
    ended = at_desk("ledger", "witness", "--state", "head.json", "--name", "interior.ml/desk")
    assert (ended.status, "is signed and kept in head.json" in ended.out) == (0, True)
    first = json.loads(Path("head.json").read_text(encoding="utf-8"))
    assert at_desk("ledger", "witness", "--state", "head.json").status == 0
    superuser(database, "DELETE FROM ledger_entry; DELETE FROM ledger_node; DELETE FROM ledger_recordshown")
    assert at_desk("operation", "open", "liberterra-ii").status == 0
    forked = at_desk("ledger", "witness", "--state", "head.json")
    assert (forked.status, "This is not the ledger" in forked.err) == (5, True)
    assert json.loads(Path("head.json").read_text(encoding="utf-8"))["size"] == first["size"]
    Path("head.json").write_text("{}", encoding="utf-8")
    assert at_desk("ledger", "witness", "--state", "head.json").status == 6


def test_the_rows_of_an_older_database_are_recorded_on_request(at_desk: AtDesk, database: Started) -> None:
    superuser(database, "DELETE FROM ledger_entry; DELETE FROM ledger_node; DELETE FROM ledger_recordshown")
    ended = at_desk("ledger", "verify")
    assert (ended.status, "traboule ledger begin" in ended.out) == (1, True)
    assert at_desk("ledger", "begin").status == 0
    assert at_desk("ledger", "verify").status == 0
