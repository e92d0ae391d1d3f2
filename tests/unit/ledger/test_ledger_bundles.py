"""A forged, cut, reordered or forked ledger against one receipt and one witness; the verifier as a file copied out."""

from __future__ import annotations

import copy
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.ledger_built import AT, BUNDLE, ENTRIES, KEY, SIGNER, bundle, checkpoint, entry, leaves_of, receipt

from traboule.app.desk import Desk
from traboule.core.errors import Conflict, Invalid, Refused
from traboule.core.permissions import Actor, Role
from traboule.ledger import verifier
from traboule.ledger.entries import LedgerEntry
from traboule.ledger.notes import Signer
from traboule.ledger.verifier import Faulty, VerifierKey, check_bundle, check_receipt, is_note_signed

PUBLIC = VerifierKey.parse(KEY)
GIVEN = receipt(3, ENTRIES[:5])
Rewrite = Callable[[list[LedgerEntry]], list[LedgerEntry]]


def swapped(entries: list[LedgerEntry]) -> list[LedgerEntry]:
    return [entries[1], entries[0], *entries[2:]]


# What the desk, or whoever holds its key, might do to the ledger and then sign anew.
REWRITES: dict[str, Rewrite] = {
    "forged": lambda entries: [*entries[:2], replace(entries[2], actor="Nobody"), *entries[3:]],
    "dropped": lambda entries: [*entries[:2], *entries[3:]],
    "reordered": swapped,
    "truncated": lambda entries: entries[:4],
    "forked": lambda entries: [*entries[:4], entry(99), entry(98)],
}


@pytest.mark.promise("ledger-cannot-fork")
@pytest.mark.parametrize("rewrite", REWRITES)
def test_one_receipt_shows_what_was_done_to_the_ledger(rewrite: str) -> None:
    rewritten = REWRITES[rewrite](ENTRIES)
    leaves = check_bundle(bundle(rewritten), PUBLIC)  # Signed anew it agrees with itself: the control.
    with pytest.raises(Faulty, match="ledger-forked"):
        check_receipt(GIVEN, PUBLIC, leaves)
    assert check_receipt(GIVEN, PUBLIC, leaves_of(ENTRIES)).size == 5


@pytest.mark.promise("ledger-cannot-fork")
@pytest.mark.parametrize("rewrite", REWRITES)
def test_one_witness_refuses_what_was_done_to_the_ledger(rewrite: str, tmp_path: Path) -> None:
    first = witnessed(None, ENTRIES[:5], tmp_path)
    with pytest.raises(Conflict, match="first 5 entries"):
        witnessed(first, REWRITES[rewrite](ENTRIES), tmp_path)
    assert witnessed(None, REWRITES[rewrite](ENTRIES), tmp_path)["size"] > 0, "without a last head it would be signed"
    assert witnessed(first, ENTRIES, tmp_path)["size"] == len(ENTRIES)


def witnessed(state: dict[str, Any] | None, entries: list[LedgerEntry], folder: Path) -> dict[str, Any]:
    """Let a witness with its key in ``folder`` cosign the ledger of ``entries``; return its new state."""
    by, since = Actor("witness", Role.NATIONAL), state["size"] if state else 0
    content = json.dumps(bundle(entries)).encode()
    checked = Desk.plain().perform("ledger.inspect", by=by, at=AT, bundle=content, key=KEY, since=since)
    cosigned = Desk.plain().perform(
        "ledger.cosign",
        by=by,
        at=AT,
        state=state,
        key=KEY,
        checkpoint=checked.checkpoint,
        consistency=checked.consistency,
        key_file=folder / "key",
        name="interior.ml/desk",
    )
    return dict(cosigned.to_json())


def test_a_witness_signs_what_it_saw_with_a_key_of_its_own(tmp_path: Path) -> None:
    state = witnessed(None, ENTRIES, tmp_path)
    assert is_note_signed(state["checkpoint"], VerifierKey.parse(state["witness"]))
    assert is_note_signed(state["checkpoint"], PUBLIC)
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    assert witnessed(state, ENTRIES, tmp_path) == state, "the same key, moment and checkpoint give the same signature"


@pytest.mark.parametrize(
    ("changes", "error", "code"),
    [
        ({"key": "nonsense"}, Refused, "ledger-key-malformed"),
        ({"name": "two words"}, Refused, "ledger-witness-name"),
        ({"state": {"size": 3}}, Invalid, "ledger-state-malformed"),
        ({"state": {"checkpoint": BUNDLE["checkpoint"], "key": "another"}}, Conflict, "ledger-other-key"),
        ({"checkpoint": "no note"}, Invalid, "ledger-bundle-malformed"),
        (
            {"checkpoint": checkpoint(ENTRIES, Signer.log(SIGNER.name, bytes(32)))},
            Conflict,
            "ledger-checkpoint-unsigned",
        ),
    ],
)
def test_a_witness_signs_nothing_else(
    changes: dict[str, Any], error: type[Exception], code: str, tmp_path: Path
) -> None:
    arguments = {"state": None, "key": KEY, "checkpoint": BUNDLE["checkpoint"], "consistency": (), "name": "w"}
    with pytest.raises(error) as refused:
        Desk.plain().perform(
            "ledger.cosign",
            by=Actor("witness", Role.NATIONAL),
            at=AT,
            **{**arguments, "key_file": tmp_path / "key", **changes},
        )
    assert refused.value.code == code  # type: ignore[attr-defined]


@given(st.data())
def test_a_flipped_byte_of_a_bundle_is_noticed(data: st.DataObject) -> None:
    number = data.draw(st.integers(0, len(ENTRIES) - 1), "entry")
    text = BUNDLE["entries"][number]
    place = data.draw(st.integers(0, len(text) - 1), "place")
    flipped = copy.deepcopy(BUNDLE)
    flipped["entries"][number] = text[:place] + chr(ord(text[place]) ^ 1) + text[place + 1 :]
    with pytest.raises(Faulty, match="bundle-altered"):
        check_bundle(flipped, PUBLIC)


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        (("filed",), 4, "receipt-altered"),
        (("ledger", "index"), 2, "receipt-altered"),
        (("ledger", "entry"), ENTRIES[4].data().decode(), "receipt-altered"),
        (("ledger", "inclusion"), [], "receipt-altered"),
        (("ledger", "checkpoint"), checkpoint(ENTRIES[:5], Signer.log(SIGNER.name, bytes(32))), "checkpoint-unsigned"),
        (
            ("ledger", "checkpoint"),
            checkpoint(ENTRIES[:5], Signer.log("traboule/other", bytes(32))),
            "checkpoint-unsigned",
        ),
        (("ledger", "checkpoint"), "nonsense", "note-malformed"),
    ],
)
def test_an_altered_receipt_is_noticed(path: tuple[str, ...], value: Any, code: str) -> None:
    altered = copy.deepcopy(GIVEN)
    inner = altered
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = value
    with pytest.raises(Faulty, match=code):
        check_receipt(altered, PUBLIC, leaves_of(ENTRIES))


def ran(folder: Path, *arguments: str, language: str = "en") -> tuple[int, str]:
    """Run the verifier as a file of its own, in an interpreter that finds no package."""
    script = folder / "verifier.py"
    shutil.copy(verifier.__file__, script)
    ended = subprocess.run(
        [sys.executable, "-I", "-S", str(script), *arguments],
        capture_output=True,
        encoding="utf-8",
        env={"TRABOULE_LANGUAGE": language, "PYTHONIOENCODING": "utf-8", "PATH": os.environ["PATH"]},
        check=False,
    )
    assert ended.stderr == ""
    return ended.returncode, ended.stdout


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a bundle, a receipt, and a document that the ledger recorded."""
    document = b"2,517 arrests"
    digest = "bytes/release_document/r/communique.en.html"
    entries = [*ENTRIES, entry(11, "release.issue", **{digest: verifier.hashlib.sha256(document).hexdigest()})]
    (tmp_path / "ledger.json").write_text(json.dumps(bundle(entries)), encoding="utf-8")
    (tmp_path / "receipt.json").write_text(json.dumps(GIVEN), encoding="utf-8")
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "communique.en.html").write_bytes(document)
    return tmp_path


@pytest.mark.promise("silent-corruption-noticed")
def test_the_copied_verifier_needs_nothing_else(folder: Path) -> None:
    arguments = [str(folder / "ledger.json"), "--key", KEY, "--receipt", str(folder / "receipt.json")]
    arguments += ["--documents", str(folder / "documents")]
    status, said = ran(folder, *arguments)
    assert status == 0
    assert said.splitlines() == [
        "The ledger is whole: its 12 entries give the signed checkpoint.",
        "receipt.json: its entry stands in the ledger, whose first 5 entries are those of then.",
        "All 1 documents are those issued.",
    ]
    (folder / "documents" / "communique.en.html").write_bytes(b"2,518 arrests")
    assert ran(folder, *arguments)[0] == 1
    content = (folder / "ledger.json").read_text(encoding="utf-8")
    (folder / "ledger.json").write_text(content.replace("Awa Diop", "Awa Dior", 1), encoding="utf-8")
    status, said = ran(folder, *arguments)
    assert (status, said.splitlines()) == (
        1,
        ["The entries do not give the signed checkpoint of 12: some were altered, dropped or moved."],
    )


def test_the_verifier_s_status_is_nought_only_where_all_agrees(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ledger, proof, documents = (str(folder / name) for name in ("ledger.json", "receipt.json", "documents"))
    receipt_and_documents = ["--receipt", proof, "--documents", documents]
    assert verifier.main([ledger, "--key", KEY, *receipt_and_documents]) == 0
    assert verifier.main([ledger, "--key", KEY]) == 0
    assert verifier.main([ledger, "--key", "nonsense"]) == 1
    assert verifier.main([proof, "--key", KEY]) == 1
    assert verifier.main([str(folder / "absent.json"), "--key", KEY]) == 1
    (folder / "documents" / "more.txt").write_bytes(b"x")
    assert verifier.main([ledger, "--key", KEY, *receipt_and_documents]) == 1
    assert len(capsys.readouterr().out.splitlines()) == 3 + 1 + 1 + 1 + 1 + 3


@pytest.mark.parametrize("language", ["en", "fr", "es", "ar"])
def test_the_copied_verifier_speaks(folder: Path, language: str) -> None:
    assert set(verifier.SENTENCES[language]) == set(verifier.SENTENCES["en"])
    status, said = ran(folder, str(folder / "receipt.json"), "--key", KEY, language=language)
    assert (status, said.strip()) == (1, verifier.SENTENCES[language]["bundle-malformed"])
    status, said = ran(folder, str(folder / "absent.json"), "--key", "nonsense", language=language)
    assert (status, said.strip()) == (1, verifier.SENTENCES[language]["key-malformed"])
