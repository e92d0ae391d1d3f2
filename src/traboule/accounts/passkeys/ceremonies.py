"""The two ceremonies of WebAuthn: what a browser is asked for, and whether what it answers is right.

In: the site, a challenge, the answer as JSON text. Out: options as plain values, and what was verified. Guaranteed: an
answer counts only for the very origin, relying party and challenge, from a page that no other page framed, with the
user present and verified by the authenticator; whatever is malformed is refused alike.
"""

from __future__ import annotations

import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.options_to_json_dict import options_to_json_dict
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from traboule.accounts.passkeys.challenges import LASTS
from traboule.core.errors import Refused

Result = TypeVar("Result")
LONGEST_ANSWER = 32_768  # Characters: the attestation of a platform takes some five thousand.
_TIMEOUT = int(LASTS.total_seconds() * 1000)
# What the parsers below raise for bytes that are none of an authenticator's.
_MALFORMED = (
    WebAuthnException,
    InvalidSignature,
    UnsupportedAlgorithm,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    RecursionError,
    OverflowError,
    binascii.Error,
)


@dataclass(frozen=True, slots=True)
class Site:
    """Where the room is served: the relying party's id, which is the host's name, and the origin of its pages."""

    id: str
    origin: str


@dataclass(frozen=True, slots=True)
class CreatedKey:
    """A key pair that an authenticator made: its id and public key, and its counter."""

    credential_id: str
    public_key: bytes
    sign_count: int


@dataclass(frozen=True, slots=True)
class BrowserAnswer:
    """An answer of a browser, parsed but not verified: the credential's id, the challenge, the user's handle."""

    plain: dict[str, Any]
    credential_id: str
    challenge: bytes
    user_handle: str


def creation_options(
    site: Site, login: str, name: str, handle: str, *, challenge: bytes, present: Sequence[str]
) -> dict[str, Any]:
    """Return what a browser is asked for to make a passkey; ``present`` are the ids of those the account has."""
    options = generate_registration_options(
        rp_id=site.id,
        rp_name="Traboule",
        user_id=base64url_to_bytes(handle),
        user_name=login,
        user_display_name=name,
        challenge=challenge,
        timeout=_TIMEOUT,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=base64url_to_bytes(entry)) for entry in present],
    )
    return options_to_json_dict(options)


def sign_in_options(site: Site, challenge: bytes) -> dict[str, Any]:
    """Return what a browser is asked for to sign in by any passkey of this site."""
    options = generate_authentication_options(
        rp_id=site.id,
        challenge=challenge,
        timeout=_TIMEOUT,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options_to_json_dict(options)


def parse_answer(text: str) -> BrowserAnswer:
    """Return an answer in its parts. Raises Refused for what is none."""

    def parse() -> BrowserAnswer:
        plain = json.loads(text if len(text) <= LONGEST_ANSWER else "")
        client = json.loads(base64url_to_bytes(plain["response"]["clientDataJSON"]))
        if client.get("crossOrigin") or "topOrigin" in client:
            raise ValueError("framed")
        credential_id = bytes_to_base64url(base64url_to_bytes(plain["id"]))
        handle = plain["response"].get("userHandle") or ""
        return BrowserAnswer(plain, credential_id, base64url_to_bytes(client["challenge"]), str(handle))

    return _verified(parse)


def verify_creation(answer: BrowserAnswer, site: Site) -> CreatedKey:
    """Return the key that an authenticator made. Raises Refused where the answer is not right."""

    def verify() -> CreatedKey:
        made = verify_registration_response(
            credential=answer.plain,
            expected_challenge=answer.challenge,
            expected_rp_id=site.id,
            expected_origin=site.origin,
            require_user_verification=True,
        )
        if bytes_to_base64url(made.credential_id) != answer.credential_id:
            raise ValueError("another credential than it says")
        return CreatedKey(answer.credential_id, made.credential_public_key, made.sign_count)

    return _verified(verify)


def verify_sign_in(answer: BrowserAnswer, site: Site, public_key: bytes) -> int:
    """Return the authenticator's counter. Raises Refused where ``public_key`` did not sign the answer, or it is not
    right. Whether the counter has gone on is the caller's to compare."""

    def verify() -> int:
        signed = verify_authentication_response(
            credential=answer.plain,
            expected_challenge=answer.challenge,
            expected_rp_id=site.id,
            expected_origin=site.origin,
            credential_public_key=public_key,
            credential_current_sign_count=0,
            require_user_verification=True,
        )
        return signed.new_sign_count

    return _verified(verify)


def _verified(verify: Callable[[], Result]) -> Result:
    try:
        return verify()
    except _MALFORMED as malformed:
        raise Refused("passkey-refused") from malformed
