"""Sign in who comes back from an OpenID provider.

In: the provider as configured, and what the browser brought back. Out: an attempt to sign in. Guaranteed: a state is
answered once; whom the provider vouches for enters an account only by a binding; a second factor is the provider's,
where the configuration counts what it says as one, else the account's own: its one-time code, or its passkey alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from traboule.accounts import code_secrets, codes, sign_in
from traboule.accounts.models import Credential, Passkey
from traboule.accounts.openid import bindings, states
from traboule.accounts.openid.identity_tokens import ExpectedToken, VouchedIdentity, verify_identity_token
from traboule.accounts.passkeys.challenges import ChallengeUse, expiry_of, make_challenge
from traboule.accounts.sign_in import Attempt
from traboule.accounts.spent_challenges import spend
from traboule.core.errors import Refused

_CODE = "provider code"


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """A provider as this room relies on it. ``methods`` and ``assurances``: what of ``amr`` and ``acr`` says that it
    asked for a second factor.
    """

    issuer: str
    client_id: str
    methods: Sequence[str] = ()
    assurances: Sequence[str] = ()

    def has_second_factor(self, vouched: VouchedIdentity) -> bool:
        """Tell whether the provider says that it asked for a second factor."""
        return bool(vouched.methods & set(self.methods)) or vouched.assurance in self.assurances


@dataclass(frozen=True, slots=True)
class ReturnedAnswer:
    """What the browser brought back, and what the provider gave for it. ``browser``: the secret in its cookie."""

    state: str
    browser: str = field(repr=False)
    token: str = field(repr=False)
    keys: Mapping[str, Any] = field(repr=False)


def attempt(party: RelyingParty, answer: ReturnedAnswer, *, key: bytes, at: datetime, client: str = "") -> Attempt:
    """Sign in whom the provider vouches for.

    The attempt carries a ticket where the account's own code is to be typed.
    """
    try:
        begun = states.resume(answer.state, party.issuer, answer.browser, key=key, at=at)
        if not spend(states.bytes_of(begun.state), begun.expires_at, at=at):
            raise Refused("provider-stale")
        expected = ExpectedToken(party.issuer, party.client_id, begun.nonce)
        vouched = verify_identity_token(answer.token, answer.keys, expected, at=at)
    except Refused as refused:
        return Attempt(refusal=refused)
    login = bindings.account_of(vouched)
    if login is None:
        return Attempt(refusal=Refused("provider-unbound", subject=vouched.subject))
    if not party.has_second_factor(vouched):
        if Passkey.objects.filter(account_id=login).exists():
            return Attempt(actor=sign_in.who_proved(login), refusal=Refused("provider-passkey"))
        if Credential.objects.filter(account_id=login, code_confirmed=True).exists():
            ticket = _ticket(login, answer.browser, key, at)
            return Attempt(actor=sign_in.who_proved(login), refusal=Refused("provider-code-needed"), ticket=ticket)
    return sign_in.begun(login, key=key, at=at, client=client)


def give_code(ticket: str, browser: str, code: str, *, key: bytes, at: datetime, client: str = "") -> Attempt:
    """Sign in who types the one-time code of the account that ``ticket`` is for; wrong ones count as failures there."""
    login, _, text = ticket.rpartition(" ")
    try:
        challenge = states.bytes_of(text)
        expires = expiry_of(challenge, key, ChallengeUse(_CODE, browser, login), at=at)
    except Refused:
        return Attempt(refusal=Refused("provider-stale"))
    failed = sign_in.failures_of(login, key, at)
    if failed.retry_at is not None and at < failed.retry_at:
        return sign_in.wait(failed.retry_at, at)
    rows = Credential.objects.select_for_update(of=("self",))
    credential = rows.filter(account_id=login, account__ended_at=None, code_confirmed=True).first()
    if credential is None:
        return Attempt(refusal=Refused("provider-stale"))
    secret = code_secrets.open_secret(login, credential.code_secret)
    step = codes.step_of(secret, code, at, used=credential.code_counter)
    if step is None:
        return sign_in.failure(failed, at, "provider-code-wrong")
    if not spend(challenge, expires, at=at):
        return Attempt(refusal=Refused("provider-stale"))
    Credential.objects.filter(account_id=login).update(code_counter=step)
    failed.delete()
    return sign_in.begun(login, key=key, at=at, client=client)


def _ticket(login: str, browser: str, key: bytes, at: datetime) -> str:
    """Return what says for five minutes that the provider has vouched for an account in this browser."""
    return f"{login} {states.text_of(make_challenge(key, ChallengeUse(_CODE, browser, login), at=at))}"
