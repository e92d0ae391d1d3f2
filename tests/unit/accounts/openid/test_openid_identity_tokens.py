"""Identity tokens: what vouches for somebody, and everything that must not."""

from __future__ import annotations

import base64
import hmac
import json
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from traboule.accounts.openid.identity_tokens import ExpectedToken, VouchedIdentity, is_subject, verify_identity_token
from traboule.core.errors import Refused

AT = datetime(2024, 10, 9, 9, tzinfo=UTC)
NOW = int(AT.timestamp())
ISSUER = "https://login.example"
EXPECTED = ExpectedToken(ISSUER, "traboule", "a nonce")
CLAIMS = {"iss": ISSUER, "aud": "traboule", "sub": "8d1f", "nonce": "a nonce", "iat": NOW - 5, "exp": NOW + 300}
SIGNING = {
    "RS256": RSAKey.generate_key(2048, {"kid": "rsa"}),
    "PS256": RSAKey.generate_key(2048, {"kid": "pss"}),
    "ES256": ECKey.generate_key("P-256", {"kid": "ec"}),
    "ES384": ECKey.generate_key("P-384", {"kid": "ec384"}),
    "ES512": ECKey.generate_key("P-521", {"kid": "ec521"}),
    "Ed25519": OKPKey.generate_key("Ed25519", {"kid": "ed"}),
}
KEYS = {"keys": [key.as_dict(private=False) for key in SIGNING.values()]}
HMAC = OctKey.import_key(b"sixteen bytes at the least, thirty-two better")


def token(algorithm: str = "ES256", key: Any = None, header: dict[str, Any] | None = None, **claims: Any) -> str:
    """Return a token; a claim of None is left out."""
    key = key or SIGNING[algorithm]
    said = {name: value for name, value in {**CLAIMS, **claims}.items() if value is not None}
    return jwt.encode({"alg": algorithm, "kid": key.kid, **(header or {})}, said, key, [algorithm])


def b64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def vouched(text: str, keys: Any = KEYS, after: timedelta = timedelta()) -> VouchedIdentity:
    return verify_identity_token(text, keys, EXPECTED, at=AT + after)


def is_refused(text: str, keys: Any = KEYS, after: timedelta = timedelta()) -> bool:
    with pytest.raises(Refused) as refusal:
        vouched(text, keys, after)
    return refusal.value.code == "provider-refused"


@pytest.mark.parametrize("algorithm", list(SIGNING))
def test_a_token_signed_by_a_key_of_the_provider_vouches(algorithm: str) -> None:
    assert vouched(token(algorithm)) == VouchedIdentity(ISSUER, "8d1f", frozenset(), "")
    assert is_refused(token(algorithm), {"keys": [key for key in KEYS["keys"] if key["kid"] != SIGNING[algorithm].kid]})


def test_it_says_how_the_provider_knows() -> None:
    said = vouched(token(amr=["pwd", "mfa"], acr="level 2"))
    assert (said.methods, said.assurance) == (frozenset({"pwd", "mfa"}), "level 2")


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://login.example/"},
        {"iss": None},
        {"aud": "another"},
        {"aud": ["another"]},
        {"aud": []},
        {"aud": None},
        {"aud": ["traboule", "another"]},
        {"aud": ["traboule", "another"], "azp": "another"},
        {"azp": "another"},
        {"nonce": "another nonce"},
        {"nonce": ""},
        {"nonce": None},
        {"nonce": 7},
        {"exp": NOW - 60},
        {"exp": None},
        {"exp": "9999999999"},
        {"exp": True},
        {"iat": NOW + 61},
        {"iat": NOW - 901},
        {"iat": None},
        {"nbf": NOW + 61},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"sub": "x" * 256},
        {"sub": "né"},
        {"sub": "two\nlines"},
        {"amr": "mfa"},
        {"amr": [7]},
    ],
    ids=str,
)
def test_a_token_that_says_something_else_vouches_for_nobody(claims: dict[str, Any]) -> None:
    assert is_refused(token(**claims))


def test_clocks_may_differ_by_a_minute_and_an_audience_of_several_names_us() -> None:
    assert vouched(token(exp=NOW - 59)).subject == "8d1f"
    assert vouched(token(iat=NOW + 60, nbf=NOW + 60)).subject == "8d1f"
    assert vouched(token(aud=["another", "traboule"], azp="traboule")).subject == "8d1f"
    assert is_refused(token(), after=timedelta(minutes=7))


def test_a_token_that_nobody_signed_vouches_for_nobody() -> None:
    unsigned = jwt.encode({"alg": "none"}, CLAIMS, HMAC, ["none"])
    assert unsigned.endswith(".")
    assert is_refused(unsigned)
    assert is_refused(token().rsplit(".", 1)[0] + ".")
    for name in ("None", "NONE", "nOnE", ""):
        head = b64(json.dumps({"alg": name}).encode())
        assert is_refused(f"{head}.{token().split('.')[1]}.")


@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
def test_a_public_key_is_no_shared_secret(algorithm: str) -> None:
    for key in KEYS["keys"]:
        for secret in (json.dumps(key).encode(), RSAKey.import_key(KEYS["keys"][0]).as_pem(private=False)):
            head, said = (b64(json.dumps(part).encode()) for part in ({"alg": algorithm, "kid": key["kid"]}, CLAIMS))
            mac = hmac.new(secret, f"{head}.{said}".encode(), f"sha{algorithm[2:]}").digest()
            forged = f"{head}.{said}.{b64(mac)}"
            assert is_refused(forged)
            shown = {"kty": "oct", "k": b64(secret), "kid": key["kid"]}
            assert is_refused(forged, {"keys": [shown]})


def test_a_key_counts_for_what_it_is_for() -> None:
    mine = SIGNING["ES256"]
    shown = mine.as_dict(private=False)
    assert vouched(token(), {"keys": [shown]}).subject == "8d1f"
    for change in ({"use": "enc"}, {"alg": "ES384"}, {"kid": "another"}):
        assert is_refused(token(), {"keys": [shown | change]})
    assert is_refused(token(), {"keys": [shown, shown]})  # Which of the two is meant is not known.
    nameless = jwt.encode({"alg": "ES256"}, CLAIMS, mine, ["ES256"])
    assert vouched(nameless, {"keys": [shown, {"kty": "AKP"}]}).subject == "8d1f"
    assert is_refused(nameless, {"keys": [shown, SIGNING["ES384"].as_dict(private=False)]})


def test_a_header_that_brings_its_own_key_is_not_believed() -> None:
    other = ECKey.generate_key("P-256", {"kid": "ec"})
    public = other.as_dict(private=False)
    assert is_refused(token(key=other))
    assert is_refused(token(key=other, header={"jwk": public}))
    assert is_refused(token(key=other, header={"jku": "https://elsewhere.example/keys"}))


def test_a_short_rsa_key_is_not_believed() -> None:
    short = RSAKey.generate_key(1024, {"kid": "short"})
    assert is_refused(token("RS256", short), {"keys": [short.as_dict(private=False)]})


@pytest.mark.parametrize("keys", [{}, {"keys": None}, {"keys": "none"}, {"keys": [7]}, {"keys": [{"kty": "EC"}]}, []])
def test_what_is_no_list_of_keys_vouches_for_nobody(keys: Any) -> None:
    assert is_refused(token(), keys)


@pytest.mark.parametrize("seed", range(20))
def test_a_token_with_a_byte_changed_or_cut_vouches_for_nobody(seed: int) -> None:
    random = Random(seed)
    text = token()
    place = random.randrange(len(text) - 2)  # The last letter of a signature holds bits that are not of it.
    changed = (
        text[:place] + random.choice([letter for letter in "Aa0_.-é" if letter != text[place]]) + text[place + 1 :]
    )
    assert is_refused(changed), changed
    assert is_refused(text[:place])
    assert is_refused(text * random.randrange(2, 200))


def test_what_can_be_a_subject() -> None:
    assert all(is_subject(text) for text in ("8d1f", "x" * 255, "CN=Novak, O=Police", "a@b"))
    assert not any(is_subject(text) for text in ("", " a", "a ", "é", "a\x00", "x" * 256))
