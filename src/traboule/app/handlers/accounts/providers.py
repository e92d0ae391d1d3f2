"""Sign in by an OpenID provider; bind its identities to accounts, list and unbind them.

In: the provider as configured where the room is served, and what the browser brought back. Out: what the browser is
sent to the provider with, an attempt, entries. Guaranteed: no state, nonce, proof key, token or ticket is in the JSON
form of a result.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from traboule.accounts.openid import arrivals, bindings, states
from traboule.accounts.openid.arrivals import RelyingParty, ReturnedAnswer
from traboule.accounts.openid.bindings import BoundIdentityEntry
from traboule.accounts.openid.states import ProviderState
from traboule.accounts.sign_in import Attempt
from traboule.app.dispatch import Call


@dataclass(frozen=True, slots=True)
class ProviderRequest:
    """One sign-in by a provider. Its secrets are no part of the JSON form."""

    issuer: str
    begun: ProviderState

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {"issuer": self.issuer}


@dataclass(frozen=True, slots=True)
class BoundIdentityList:
    """The identities that are bound to accounts."""

    identities: tuple[BoundIdentityEntry, ...]

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {"identities": [entry.to_json() for entry in self.identities]}


def begin_signing_in(call: Call, *, issuer: str, browser: str) -> ProviderRequest:
    """Return what a browser is sent to a provider with; ``browser`` is a secret that it holds."""
    return ProviderRequest(issuer, states.begin(issuer, browser, key=call.key, at=call.at))


def resume(call: Call, *, issuer: str, browser: str, state: str) -> ProviderRequest:
    """Return the sign-in that ``state`` began, before the provider is asked.

    Raises Refused for none of this browser.
    """
    return ProviderRequest(issuer, states.resume(state, issuer, browser, key=call.key, at=call.at))


def sign_in(call: Call, *, party: Mapping[str, Any], answer: Mapping[str, Any], client: str = "") -> Attempt:
    """Sign in whom the provider vouches for: see :class:`RelyingParty` and :class:`ReturnedAnswer` for what is told."""
    told = RelyingParty(**party), ReturnedAnswer(**answer)
    return arrivals.attempt(*told, key=call.key, at=call.at, client=client)


def give_code(call: Call, *, ticket: str, browser: str, code: str, client: str = "") -> Attempt:
    """Sign in whom the provider has vouched for, by the account's own one-time code."""
    return arrivals.give_code(ticket, browser, code, key=call.key, at=call.at, client=client)


def bind(call: Call, *, login: str, issuer: str, subject: str) -> BoundIdentityEntry:
    """Let an identity sign in an account. Raises Refused, NotFound or Conflict."""
    return bindings.bind(login, issuer, subject, by=call.by, at=call.at)


def list_identities(call: Call) -> BoundIdentityList:
    """Return the identities that are bound."""
    return BoundIdentityList(bindings.listed())


def unbind(call: Call, *, issuer: str, subject: str) -> BoundIdentityEntry:
    """Let an identity sign in nobody from now on. Raises NotFound."""
    return bindings.unbind(issuer, subject, by=call.by, at=call.at)
