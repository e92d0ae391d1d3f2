"""Speak with an OpenID provider: where a browser is sent, and what is given for the code it brings back.

In: the configuration. Out: addresses, and what the verbs check. Guaranteed: what the provider says of itself counts
only for the issuer that is configured; its keys are asked for at each sign-in, so that keys it no longer has are not
believed; a provider that is slow takes two threads of the room at most.
"""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

from traboule.core.errors import Refused, Unready
from traboule.web.openid.configuration import ProviderConfiguration, is_safe_address
from traboule.web.openid.requests import ask

DESCRIPTION = "/.well-known/openid-configuration"
FORGOTTEN_AFTER = timedelta(minutes=10)
CONVERSATIONS = 2  # At once; the room has eight threads.
PATIENCE = 5.0  # Seconds to wait for one of them.
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass(frozen=True, slots=True)
class Exchanged:
    """What the provider gave for a code: an identity token, empty where it refused the code, and its public keys."""

    token: str = field(repr=False)
    keys: Mapping[str, Any] = field(repr=False)


class Provider:
    """A provider that is configured. What it says of itself is asked again after ten minutes."""

    def __init__(self, configuration: ProviderConfiguration) -> None:
        self.configuration = configuration
        self._conversations = threading.BoundedSemaphore(CONVERSATIONS)
        self._description: tuple[datetime, dict[str, Any]] | None = None

    @property
    def party(self) -> dict[str, Any]:
        """The provider as the verb that signs in takes it."""
        mine = self.configuration
        return {
            "issuer": mine.issuer,
            "client_id": mine.client_id,
            "methods": mine.methods,
            "assurances": mine.assurances,
        }

    def address(self, begun: Any, back: str, *, at: datetime) -> str:
        """Return where a browser is sent to sign in; it comes back to ``back``. Raises Unready or Refused."""
        asked = {
            "response_type": "code",
            "scope": "openid",
            "client_id": self.configuration.client_id,
            "redirect_uri": back,
            "state": begun.state,
            "nonce": begun.nonce,
            "code_challenge": begun.proof_key_hash,
            "code_challenge_method": "S256",
        }
        if self.configuration.assurances:
            asked["acr_values"] = " ".join(self.configuration.assurances)
        with self._conversation():
            address: str = self._described(at)["authorization_endpoint"]
        return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}"

    def exchange(self, code: str, proof_key: str, back: str, *, at: datetime) -> Exchanged:
        """Return what the provider gives for ``code``. Raises Unready or Refused."""
        mine = self.configuration
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": proof_key}
        with self._conversation():
            described = self._described(at)
            authorization = ""
            if "client_secret_basic" in described.get("token_endpoint_auth_methods_supported", ["client_secret_basic"]):
                pair = f"{quote(mine.client_id, safe='')}:{quote(mine.secret, safe='')}"
                authorization = f"Basic {base64.b64encode(pair.encode()).decode('ascii')}"
            else:
                form |= {"client_id": mine.client_id, "client_secret": mine.secret}
            address = described["token_endpoint"]
            answer = ask(address, authority=mine.authority, form=form, authorization=authorization)
            token = answer.plain.get("id_token", "")
            if not isinstance(token, str) or not token:
                return Exchanged("", {"keys": []})
            return Exchanged(token, ask(described["jwks_uri"], authority=mine.authority).plain)

    def _described(self, at: datetime) -> dict[str, Any]:
        """Return what the provider says of itself. Raises Refused where it is another, or names unsafe addresses."""
        if self._description is not None and self._description[0] <= at < self._description[0] + FORGOTTEN_AFTER:
            return self._description[1]
        mine = self.configuration
        plain = ask(f"{mine.issuer.rstrip('/')}{DESCRIPTION}", authority=mine.authority).plain
        addresses = [plain.get(name) for name in _ENDPOINTS]
        if plain.get("issuer") != mine.issuer:
            raise Refused("provider-refused")
        if not all(isinstance(address, str) and is_safe_address(address) for address in addresses):
            raise Refused("provider-refused")
        self._description = (at, plain)
        return plain

    @contextmanager
    def _conversation(self) -> Iterator[None]:
        if not self._conversations.acquire(timeout=PATIENCE):
            raise Unready("provider-unreachable")
        try:
            yield
        finally:
            self._conversations.release()
