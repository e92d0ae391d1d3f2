"""One-time codes (TOTP, RFC 6238): six digits, thirty seconds.

Guaranteed: a code of the step before or after is accepted, because clocks differ; no code is accepted twice.
"""

from __future__ import annotations

import hmac
from datetime import datetime

import pyotp

ISSUER = "Traboule"


def new_secret() -> str:
    """Return a new secret of 160 random bits in base 32."""
    return str(pyotp.random_base32(32))


def address(secret: str, login: str) -> str:
    """Return the ``otpauth:`` address that an authenticator program reads."""
    return str(pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=ISSUER))


def step_of(secret: str, code: str, at: datetime, *, used: int = 0) -> int | None:
    """Return the time step whose code is ``code``, None where it is wrong or its step is not later than ``used``."""
    clock, typed = pyotp.TOTP(secret), "".join(code.split())
    now = clock.timecode(at)
    steps = [step for step in (now - 1, now, now + 1) if _is_same(clock.generate_otp(step), typed) and step > used]
    return max(steps, default=None)


def _is_same(code: str, typed: str) -> bool:
    return hmac.compare_digest(code.encode("utf-8"), typed.encode("utf-8"))
