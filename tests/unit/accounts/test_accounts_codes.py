"""One-time codes: the vectors of RFC 6238, the neighbouring steps, and that no code works twice."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from traboule.accounts import codes

# RFC 6238, appendix B, SHA-1: Unix time and the last six of its eight digits.
VECTORS = [
    (59, "287082"),
    (1111111109, "081804"),
    (1111111111, "050471"),
    (1234567890, "005924"),
    (2000000000, "279037"),
    (20000000000, "353130"),
]
SECRET = base64.b32encode(b"12345678901234567890").decode("ascii")
AT = datetime(2024, 10, 9, 9, 0, 15, tzinfo=UTC)
STEP = timedelta(seconds=30)


def code(at: datetime) -> str:
    return pyotp.TOTP(SECRET).at(at)


@pytest.mark.parametrize(("seconds", "digits"), VECTORS)
def test_the_vectors_of_the_rfc(seconds: int, digits: str) -> None:
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    assert codes.step_of(SECRET, digits, at) == seconds // 30
    assert codes.step_of(SECRET, f"{(int(digits) + 1) % 1_000_000:06}", at) is None


def test_a_neighbouring_step_is_accepted_and_no_other() -> None:
    accepted = [shift for shift in range(-4, 5) if codes.step_of(SECRET, code(AT + shift * STEP), AT) is not None]
    assert accepted == [-1, 0, 1]


def test_no_code_works_twice_nor_one_before_the_last_used() -> None:
    used = codes.step_of(SECRET, code(AT), AT)
    assert used is not None
    assert codes.step_of(SECRET, code(AT), AT, used=used) is None
    assert codes.step_of(SECRET, code(AT - STEP), AT, used=used) is None
    assert codes.step_of(SECRET, code(AT + STEP), AT, used=used) == used + 1


@pytest.mark.parametrize("typed", ["", "12345", "１２３４５６", "abcdef", "\u200b"])
def test_what_is_no_code_is_refused(typed: str) -> None:
    assert codes.step_of(SECRET, typed, AT) is None


def test_a_secret_has_160_bits_and_its_address_names_the_account() -> None:
    secret = codes.new_secret()
    assert len(base64.b32decode(secret)) == 20
    assert codes.address(secret, "iris") == f"otpauth://totp/Traboule:iris?secret={secret}&issuer=Traboule"
    assert codes.new_secret() != secret
