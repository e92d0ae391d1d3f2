"""Check an identity token (OpenID Connect Core 1.0, section 3.1.3.7), as data.

In: the token, the provider's public keys (RFC 7517), what is expected of the token, the instant. Out: who it vouches
for. Guaranteed: only a signature by one of these keys counts, with an algorithm of :data:`ALGORITHMS`: none that is
unsigned, none with a shared secret. Issuer, audience, nonce and expiry are checked, and whatever is malformed is
refused alike.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, OKPKey, RSAKey

from traboule.core.errors import Refused

ALGORITHMS = ("RS256", "PS256", "ES256", "ES384", "ES512", "Ed25519", "EdDSA")
CLOCKS_DIFFER = timedelta(minutes=1)
OLDEST = timedelta(minutes=15)  # A token is made for the sign-in that asks for it.
LONGEST_TOKEN = 32_768  # Characters.
LONGEST_SUBJECT = 255  # Characters, as the specification has it.
LEAST_RSA_BITS = 2048
_Key = RSAKey | ECKey | OKPKey
_MALFORMED = (JoseError, ValueError, TypeError, LookupError, AttributeError, RecursionError, OverflowError)


@dataclass(frozen=True, slots=True)
class ExpectedToken:
    """What an identity token must say: who issued it, for which client, for which request."""

    issuer: str
    client_id: str
    nonce: str


@dataclass(frozen=True, slots=True)
class VouchedIdentity:
    """Who a provider vouches for: the subject, which it never gives to another, and by which means it knows."""

    issuer: str
    subject: str
    methods: frozenset[str]  # The claim amr (RFC 8176).
    assurance: str  # The claim acr.


def verify_identity_token(
    token: str, keys: Mapping[str, Any], expected: ExpectedToken, *, at: datetime
) -> VouchedIdentity:
    """Return who ``token`` vouches for. Raises Refused (``provider-refused``) where anything of it is not right."""
    try:
        claims = _signed_claims(token, keys)
        _check(claims, expected, at)
        methods = claims.get("amr", [])
        if not isinstance(methods, list) or not all(isinstance(method, str) for method in methods):
            raise ValueError("amr")
        return VouchedIdentity(expected.issuer, _subject(claims), frozenset(methods), str(claims.get("acr", "")))
    except _MALFORMED as malformed:
        raise Refused("provider-refused") from malformed


def _signed_claims(token: str, keys: Mapping[str, Any]) -> dict[str, Any]:
    if not 0 < len(token) <= LONGEST_TOKEN:
        raise ValueError("length")
    registry = jws.JWSRegistry(algorithms=list(ALGORITHMS), strict_check_header=False)
    header = jws.extract_compact(token.encode("ascii")).headers()
    key = _key_for(header, keys)
    claims: dict[str, Any] = jwt.decode(token, key, algorithms=list(ALGORITHMS), registry=registry).claims
    return claims


def _key_for(header: Mapping[str, Any], keys: Mapping[str, Any]) -> _Key:
    """Return the key that a token names; without a name, the only one that could be meant."""
    algorithm, name = header.get("alg"), header.get("kid")
    if algorithm not in ALGORITHMS:
        raise ValueError("alg")
    meant = [
        plain
        for plain in keys["keys"]
        if plain.get("kty") in ("RSA", "EC", "OKP")
        and plain.get("use", "sig") == "sig"
        and plain.get("alg", algorithm) == algorithm
        and name in (None, plain.get("kid"))
    ]
    if len(meant) != 1:
        raise ValueError("kid")
    key = JWKRegistry.import_key(meant[0])
    if isinstance(key, RSAKey) and key.public_key.key_size < LEAST_RSA_BITS:
        raise ValueError("short key")
    if not isinstance(key, RSAKey | ECKey | OKPKey):
        raise TypeError("kty")
    return key


def _check(claims: Mapping[str, Any], expected: ExpectedToken, at: datetime) -> None:
    """Raise ValueError where a claim is not as expected; TypeError and LookupError for one of another kind, or none."""
    audience = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
    is_for_us = expected.client_id in audience and claims.get("azp", expected.client_id) == expected.client_id
    if claims["iss"] != expected.issuer or not is_for_us or (len(audience) > 1 and "azp" not in claims):
        raise ValueError("issuer or audience")
    if not hmac.compare_digest(claims["nonce"].encode(), expected.nonce.encode()):
        raise ValueError("nonce")
    now, difference = at.timestamp(), CLOCKS_DIFFER.total_seconds()
    expires, issued = _instant(claims["exp"]), _instant(claims["iat"])
    begins = _instant(claims.get("nbf", claims["iat"]))
    if expires <= now - difference or max(issued, begins) > now + difference:
        raise ValueError("time")
    if issued < now - OLDEST.total_seconds():
        raise ValueError("age")


def _instant(claim: Any) -> float:
    if isinstance(claim, bool) or not isinstance(claim, int | float):
        raise TypeError("instant")
    return float(claim)


def _subject(claims: Mapping[str, Any]) -> str:
    subject = claims["sub"]
    if not isinstance(subject, str) or not is_subject(subject):
        raise ValueError("sub")
    return subject


def is_subject(text: str) -> bool:
    """Tell whether a text can be a subject: up to 255 printable characters of ASCII."""
    return 0 < len(text) <= LONGEST_SUBJECT and text.isascii() and text.isprintable() and text.strip() == text
