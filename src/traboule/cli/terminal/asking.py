"""Ask for passwords and one-time codes: without echo in a terminal, else a line each from standard input."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime

import click

from traboule.app.desk import TERMINAL, Desk, Entered
from traboule.core.errors import Refused

Say = Callable[..., str]


def hidden(prompt: str) -> str:
    """Ask for something that nobody may read over a shoulder; empty is an answer."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    asked: str = click.prompt(prompt, hide_input=True, default="", show_default=False, err=True)
    return asked


def visible(prompt: str) -> str:
    """Ask for something that may be read."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().strip()
    asked: str = click.prompt(prompt, default="", show_default=False, err=True)
    return asked.strip()


def new_password(prompt: str, again: str) -> str:
    """Ask for a new password, in a terminal twice. Raises Refused where the two differ."""
    password = hidden(prompt)
    if password and sys.stdin.isatty() and hidden(again) != password:
        raise Refused("password-not-repeated")
    return password


def sign_in(desk: Desk, login: str, say: Say) -> Entered:
    """Ask for the password of ``login``, and for whatever else the desk needs, and sign in. Raises Refused.

    ``say`` gives an entry of the command line's catalogue.
    """
    password, code, chosen = hidden(say("ask-password", login=login)), "", ""
    while True:
        try:
            typed = {"code": code, "new_password": chosen, "client": TERMINAL}
            return desk.sign_in(login, password, at=datetime.now(UTC), **typed)
        except Refused as refusal:
            if refusal.code == "sign-in-code-needed" and not code:
                code = visible(say("ask-code"))
                answer = code
            elif refusal.code == "sign-in-new-password" and not chosen:
                chosen = new_password(say("ask-password-own", login=login), say("ask-password-again"))
                answer = chosen
            else:
                raise
            if not answer:
                raise
