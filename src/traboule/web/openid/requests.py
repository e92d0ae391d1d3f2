"""Ask an OpenID provider over HTTP: the only module that asks anything of a network.

In: an address, and a form to send. Out: the JSON object that is answered. Guaranteed: TLS with the system's authorities
or the one that is configured, but for this machine; no redirect is followed, no proxy used; an answer is read up to a
limit.
"""

from __future__ import annotations

import http.client
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from traboule.core.errors import Refused, Unready
from traboule.web.openid.configuration import is_safe_address

PATIENCE = 10.0  # Seconds, for each step of a connection.
LARGEST_ANSWER = 512 * 1024  # Bytes.
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class ProviderAnswer:
    """What a provider answered: whether it granted what was asked, and the JSON object."""

    is_granted: bool
    plain: dict[str, Any]


def ask(
    address: str, *, authority: Path | None, form: Mapping[str, str] | None = None, authorization: str = ""
) -> ProviderAnswer:
    """Return what the provider answers.

    Raises Unready where it cannot be reached, Refused for what is no answer of its.
    """
    if not is_safe_address(address):
        raise Refused("provider-refused")
    parts = urlsplit(address)
    target = parts.path or "/"
    target += f"?{parts.query}" if parts.query else ""
    headers = {"Accept": "application/json"} | ({"Authorization": authorization} if authorization else {})
    try:
        connection = _connection(parts.scheme, parts.hostname or "", parts.port, authority)
        try:
            if form is None:
                connection.request("GET", target, headers=headers)
            else:
                connection.request("POST", target, urlencode(form), {**headers, "Content-Type": _FORM})
            answer = connection.getresponse()
            content = answer.read(LARGEST_ANSWER + 1)
        finally:
            connection.close()
    except (OSError, http.client.HTTPException, ValueError) as broken:
        raise Unready("provider-unreachable") from broken
    if answer.status >= 500:
        raise Unready("provider-unreachable")
    return ProviderAnswer(answer.status == 200, _parsed(content) if answer.status == 200 else {})


def _parsed(content: bytes) -> dict[str, Any]:
    try:
        plain = json.loads(content) if len(content) <= LARGEST_ANSWER else None
    except (ValueError, RecursionError) as malformed:
        raise Refused("provider-refused") from malformed
    if not isinstance(plain, dict):
        raise Refused("provider-refused")
    return plain


def _connection(scheme: str, host: str, port: int | None, authority: Path | None) -> http.client.HTTPConnection:
    if scheme == "http":
        return http.client.HTTPConnection(host, port, timeout=PATIENCE)
    trust = ssl.create_default_context(cafile=str(authority) if authority else None)
    trust.minimum_version = ssl.TLSVersion.TLSv1_2
    return http.client.HTTPSConnection(host, port, timeout=PATIENCE, context=trust)
