"""Sign in by a passkey; add, list and remove the passkeys of the account that acts.

In: the site, which is where the browser has the room open, and what the browser answered. Out: what a browser is asked
for, an attempt, entries. Guaranteed: no challenge and no answer is in the JSON form of a result; a verb about one's own
passkeys touches the actor's account and no other.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from traboule.accounts.passkeys import keys
from traboule.accounts.passkeys.ceremonies import Site
from traboule.accounts.passkeys.keys import Addition, NewPasskey, PasskeyEntry
from traboule.accounts.sign_in import Attempt
from traboule.app.dispatch import Call


@dataclass(frozen=True, slots=True)
class BrowserRequest:
    """What a browser is to be asked for. It holds a challenge, and is no part of the JSON form."""

    site: str
    options: dict[str, Any] = field(repr=False)

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {"site": self.site}


@dataclass(frozen=True, slots=True)
class PasskeyList:
    """The passkeys of an account."""

    passkeys: tuple[PasskeyEntry, ...]

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {"passkeys": [entry.to_json() for entry in self.passkeys]}


def begin_signing_in(call: Call, *, site: str, origin: str) -> BrowserRequest:
    """Return what a browser is asked for to sign in by a passkey."""
    return BrowserRequest(site, keys.begin_signing_in(Site(site, origin), key=call.key, at=call.at))


def sign_in(call: Call, *, site: str, origin: str, answer: str, client: str = "") -> Attempt:
    """Sign in by what a browser answered, for a passkey."""
    return keys.attempt(answer, Site(site, origin), key=call.key, at=call.at, client=client)


def begin_adding(call: Call, *, site: str, origin: str) -> BrowserRequest:
    """Return what a browser is asked for to make a passkey. Raises Refused where the account has too many."""
    return BrowserRequest(site, keys.begin_adding(call.by.account, Site(site, origin), key=call.key, at=call.at))


def add(call: Call, *, site: str, origin: str, name: str, answer: str, password: str = "") -> Addition:
    """Add the passkey that a browser made to the account that acts, whose present password is asked for again."""
    new = NewPasskey(name, password, answer)
    return keys.add(call.by.account, new, Site(site, origin), key=call.key, at=call.at)


def list_own(call: Call) -> PasskeyList:
    """Return the passkeys of the account that acts."""
    return PasskeyList(keys.listed(call.by.account))


def remove(call: Call, *, passkey: str) -> PasskeyEntry:
    """Remove a passkey of the account that acts. Raises NotFound."""
    return keys.remove(call.by.account, passkey)
