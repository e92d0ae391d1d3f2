"""How a provider is configured: what is read, and what is refused in words when the room is started."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from traboule.core.errors import Refused
from traboule.web.openid.configuration import ProviderConfiguration, is_safe_address, read_configuration

SECRET = "a secret of the client"
PLAIN = {"issuer": "https://login.example/police", "client_id": "traboule", "client_secret_file": "secret"}


def configured(folder: Path, mode: int = 0o600, secret: str = SECRET, **told: Any) -> Path:
    """Write a file of configuration, and that of its secret; a value of None is left out."""
    (folder / "secret").write_text(f"{secret}\n", encoding="utf-8")
    (folder / "secret").chmod(mode)
    file = folder / "provider.yaml"
    file.write_text(yaml.safe_dump({name: value for name, value in {**PLAIN, **told}.items() if value is not None}))
    return file


def test_three_lines_suffice_and_the_secret_is_in_no_text(tmp_path: Path) -> None:
    read = read_configuration(configured(tmp_path))
    assert read == ProviderConfiguration(
        "https://login.example/police", "traboule", "login.example", SECRET, ("mfa",), (), None
    )
    assert SECRET not in repr(read)


def test_what_counts_as_a_second_factor_is_said_there(tmp_path: Path) -> None:
    told = {"name": "Police", "second_factor_amr": [], "second_factor_acr": ["high"], "authority_file": "ca.crt"}
    read = read_configuration(configured(tmp_path, **told))
    assert (read.name, read.methods, read.assurances, read.authority) == ("Police", (), ("high",), tmp_path / "ca.crt")


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ({"issuer": None}, "issuer"),
        ({"issuer": "http://login.example"}, "issuer"),
        ({"issuer": "https://user@login.example"}, "issuer"),
        ({"issuer": "https://login.example?x=1"}, "issuer"),
        ({"issuer": "https://login.example#x"}, "issuer"),
        ({"client_id": " "}, "client_id"),
        ({"client_secret_file": 7}, "client_secret_file"),
        ({"client_secret": SECRET}, "client_secret"),
        ({"second_factor_amr": "mfa"}, "second_factor_amr"),
        ({"second_factor_acr": [1]}, "second_factor_acr"),
    ],
)
def test_a_fault_is_named(tmp_path: Path, told: dict[str, Any], name: str) -> None:
    with pytest.raises(Refused) as refusal:
        read_configuration(configured(tmp_path, **told))
    assert (refusal.value.code, refusal.value.values["name"]) == ("provider-file", name)


@pytest.mark.parametrize("text", ["- a list", "issuer: [", "\x00", ""])
def test_what_is_no_configuration_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "provider.yaml"
    file.write_text(text, encoding="utf-8")
    for there in (file, tmp_path / "absent.yaml"):
        with pytest.raises(Refused) as refusal:
            read_configuration(there)
        assert refusal.value.code == "provider-file-unreadable"


@pytest.mark.parametrize(
    "told", [{"mode": 0o640}, {"mode": 0o604}, {"secret": "short"}, {"client_secret_file": "none"}]
)
def test_a_secret_that_others_may_read_or_that_is_none_is_refused(tmp_path: Path, told: dict[str, Any]) -> None:
    with pytest.raises(Refused) as refusal:
        read_configuration(configured(tmp_path, **told))
    assert refusal.value.code == "provider-secret"
    assert SECRET not in refusal.value.sentence("en")


def test_which_addresses_are_safe() -> None:
    safe = ("https://login.example", "https://login.example:8443/a?b=c", "http://127.0.0.1:9", "http://[::1]:9/")
    assert all(is_safe_address(address) for address in safe)
    unsafe = ("http://login.example", "ftp://login.example", "file:///etc/passwd", "https://", "https://a@b", "")
    assert not any(is_safe_address(address) for address in unsafe)
