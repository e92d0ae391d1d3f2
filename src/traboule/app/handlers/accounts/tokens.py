"""Make, list and end the tokens that programs of the account that acts hold.

Guaranteed: a verb touches the actor's account and no other; the token is in no JSON form, and so not in the ledger.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from traboule.accounts import tokens
from traboule.accounts.tokens import TokenEntry
from traboule.app.dispatch import Call


@dataclass(frozen=True, slots=True)
class TokenList:
    """The tokens of an account that are in force."""

    tokens: tuple[TokenEntry, ...]

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {"tokens": [entry.to_json() for entry in self.tokens]}


def make(call: Call, *, name: str, days: int = 90) -> TokenEntry:
    """Make a token of the account that acts, shown once. Raises Refused or Conflict."""
    return tokens.make(call.by.account, name, days=days, key=call.key, at=call.at)


def list_tokens(call: Call) -> TokenList:
    """Return the tokens of the account that acts."""
    return TokenList(tokens.listed(call.by.account, at=call.at))


def end(call: Call, *, name: str) -> TokenEntry:
    """End a token of the account that acts. Raises NotFound."""
    return tokens.end(call.by.account, name, at=call.at)
