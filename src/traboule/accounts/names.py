"""Logins and names: which can be a login, and when two names are one."""

from __future__ import annotations

import re

from traboule.core.language.spelling import fold

LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


def as_login(text: str) -> str:
    """Return a login as it is stored: in small letters, without space around it."""
    return text.strip().lower()


def is_login(login: str) -> bool:
    """Tell whether ``login`` can be one: small letters, digits, full stop, hyphen, underscore."""
    return LOGIN.fullmatch(login) is not None


def login_for(user: str) -> str:
    """Return the login for a user of this machine, whose name may hold other signs."""
    login = re.sub(r"[^a-z0-9._-]+", "-", as_login(user)).strip("-._")[:64]
    return login or "owner"


def folded(name: str) -> str:
    """Return a name as two spellings of it compare: folded, so that neither case nor accents nor invisible signs count,
    and its words in one order, for the family name stands first or last."""
    return " ".join(sorted(re.findall(r"\w+", fold(name))))


def is_name(name: str) -> bool:
    """Tell whether ``name`` holds a letter."""
    return any(sign.isalpha() for sign in folded(name))
