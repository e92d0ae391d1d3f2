"""Signing in at the command line: the key's file, that no typed name acts, and what is said in each language."""

from __future__ import annotations

import io
import json
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.unit.cli.conftest import AtDesk

from traboule.app.desk import Desk
from traboule.app.start import Started, display_name
from traboule.cli.terminal.session_keys import KeyFile, StoredKey, configuration_folder
from traboule.core.errors import Refused
from traboule.core.language.languages import LANGUAGES
from traboule.core.permissions import Actor, Role
from traboule.database.context import acting
from traboule.ledger.models import Entry

PASSWORD = "three lanterns over the harbour"
Types = Callable[..., None]


@pytest.fixture
def types(monkeypatch: pytest.MonkeyPatch) -> Types:
    """Let the next command read these lines."""

    def put(*lines: str) -> None:
        monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))

    return put


@pytest.fixture
def keys(database: Started, cluster: Path) -> KeyFile:
    """The file of keys for the desk's database."""
    return KeyFile(configuration_folder(), display_name(cluster), database.app.database)


def add_iris(at_desk: AtDesk, types: Types, *arguments: str) -> None:
    types(PASSWORD)
    assert at_desk("people", "add", "iris", "press", "--name", "Iris Novak", *arguments).status == 0


def who(at_desk: AtDesk) -> str:
    login: str = json.loads(at_desk("whoami", "--json").out)["login"]
    return login


def test_one_signs_in_and_out_and_the_account_before_is_there_again(at_desk: AtDesk, types: Types) -> None:
    first = who(at_desk)
    add_iris(at_desk, types)
    types(PASSWORD)
    assert at_desk("login", "iris").status == 0
    assert who(at_desk) == "iris"
    assert at_desk("login", first).status == 0  # The key is here: no password.
    assert who(at_desk) == first
    assert at_desk("login", "iris").status == 0
    out = json.loads(at_desk("logout", "--json").out)
    assert out == {"account": first, "signed_out": "iris"}
    types("a wrong password")
    assert at_desk("login", "iris").status == 3


@pytest.mark.promise("strong-login")
def test_the_key_is_its_users_alone_and_opens_nothing_after_signing_out(
    at_desk: AtDesk, keys: KeyFile, desk: Desk
) -> None:
    assert stat.S_IMODE(keys.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(keys.path.parent.stat().st_mode) == 0o700
    stolen = keys.path.read_text(encoding="utf-8")
    assert at_desk("logout").status == 0
    keys.path.write_text(stolen, encoding="utf-8")
    refused = at_desk("whoami")
    assert refused.status == 3
    assert "Nobody is signed in" in refused.err


@pytest.mark.promise("strong-login")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o666])
def test_a_key_that_others_can_read_is_not_used(at_desk: AtDesk, keys: KeyFile, mode: int) -> None:
    keys.path.chmod(mode)
    refused = at_desk("whoami")
    assert refused.status == 3
    assert str(keys.path) in refused.err
    keys.path.chmod(0o600)  # The control.
    assert at_desk("whoami").status == 0


def test_a_link_to_a_key_is_not_used(keys: KeyFile, tmp_path: Path) -> None:
    aside = KeyFile(tmp_path, "elsewhere", "traboule")
    aside.put(StoredKey("iris", "token"))
    keys.delete()
    keys.path.symlink_to(aside.path)
    with pytest.raises(Refused) as refusal:
        keys.current()
    assert refusal.value.code == "session-file-open"
    keys.delete()
    assert aside.current() == StoredKey("iris", "token")


@pytest.mark.promise("strong-login")
@pytest.mark.parametrize(
    "arguments",
    [("--as", "iris"), ("--role", "press"), ("--as", "iris", "--role", "press"), ("--as", "Iris Novak")],
)
def test_no_typed_name_or_role_acts_outside_a_demonstration(
    at_desk: AtDesk, types: Types, arguments: tuple[str, ...]
) -> None:
    add_iris(at_desk, types)
    for command in (("whoami",), ("release", "sign"), ("figures",)):
        refused = at_desk(*command, *arguments)
        assert refused.status == 3
        assert "only in the database of a demonstration" in refused.err


def test_a_signer_without_the_password_signs_nothing(at_desk: AtDesk, types: Types) -> None:
    add_iris(at_desk, types)
    assert at_desk("release", "draft", "--kind", "preliminary").status == 0
    types("a wrong password")
    assert at_desk("release", "sign", "--signer", "iris").status == 3
    types(PASSWORD)
    signed = json.loads(at_desk("release", "sign", "--signer", "iris", "--json").out)
    assert [(one["account"], one["name"]) for one in signed["signatures"]] == [("iris", "Iris Novak")]
    assert signed["signatures"][0]["signed_hash"] == signed["content_hash"]
    types(PASSWORD)
    assert at_desk("release", "sign", "--signer", "iris").status == 5
    assert at_desk("release", "sign", "--hash", "0" * 12).status == 5
    assert at_desk("release", "sign", "--hash", signed["content_hash"][:12]).status == 0


def test_the_ledger_names_the_person_of_the_account(at_desk: AtDesk, types: Types) -> None:
    add_iris(at_desk, types)
    assert at_desk("figures").status == 0
    types(PASSWORD)
    at_desk("login", "iris")
    assert at_desk("release", "draft", "--kind", "preliminary").status == 0
    with acting(Actor("auditor", Role.AUDITOR)):
        drafted = Entry.objects.filter(verb="release.draft").values_list("actor", "role")
        assert list(drafted) == [("Iris Novak", "press")]


def test_a_password_made_for_somebody_is_shown_once_and_replaced_at_the_first_sign_in(
    at_desk: AtDesk, types: Types
) -> None:
    types("")
    added = json.loads(at_desk("people", "add", "awa", "desk", "--name", "Awa Diop", "--json").out)
    types(added["password"], "an own long password")
    assert at_desk("login", "awa").status == 0
    assert "password" not in json.loads(at_desk("whoami", "--json").out)
    at_desk("logout")
    types(added["password"])
    assert at_desk("login", "awa").status == 3
    types("an own long password")
    assert at_desk("login", "awa").status == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refusal_names_the_roles_that_could_in_words(language: str, at_desk: AtDesk, types: Types) -> None:
    add_iris(at_desk, types)
    types(PASSWORD)
    at_desk("login", "iris")
    refused = at_desk("people", "list", "--language", language)
    words = {"en": "auditor; administrator", "fr": "auditeur", "es": "administrador", "ar": "مدقق"}
    assert refused.status == 3
    assert words[language] in refused.err.replace("؛", ";")
    assert "iris" not in refused.err


def test_who_keeps_people_lists_grants_and_ends(at_desk: AtDesk, types: Types) -> None:
    unit = ("people", "unit", "ML-BPM", "--state", "Mali", "--name", "Mineurs", "--agency", "Police")
    assert at_desk(*unit).status == 0
    add_iris(at_desk, types, "--unit", "ML-BPM")
    assert at_desk("people", "role", "iris", "national", "--unit", "ML-BPM").status == 0
    assert "national officer for ML-BPM" in at_desk("people", "list").out
    assert at_desk("people", "role", "iris", "national", "--unit", "ML-BPM", "--remove").status == 0
    assert at_desk("people", "end", "iris").status == 0
    types(PASSWORD)
    assert at_desk("login", "iris").status == 3
