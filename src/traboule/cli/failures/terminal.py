"""Write to terminals that lack Unicode, and to streams that are closed.

In: the streams of the process. Out: streams on which no character fails. Guaranteed: characters that the terminal lacks
are transliterated; a language with none of its letters there is not used.
"""

from __future__ import annotations

import codecs
import io
import os
import shutil
import sys
import textwrap

import click
from anyascii import anyascii

from traboule.core.language.languages import in_language
from traboule.core.language.messages import catalogue

NAME = "traboule.nearest"
# What anyascii writes otherwise than people do, and the marks of direction, which are no letters.
_WRITTEN = {"…": "...", "–": "-", "—": "-", "\u202f": " ", "\u2009": " ", "·": "-", "→": "->", "≤": "<=", "≥": ">="}
_INVISIBLE = "\u2066\u2067\u2068\u2069\u200e\u200f\u200b\u2060"


def _nearest(failure: UnicodeError) -> tuple[str, int]:
    if not isinstance(failure, UnicodeEncodeError):
        raise failure
    missing = failure.object[failure.start : failure.end]
    return "".join(map(_replacement, missing)), failure.end


def _replacement(sign: str) -> str:
    if sign in _INVISIBLE:
        return ""
    return _WRITTEN.get(sign) or anyascii(sign) or "?"


def fit_streams() -> None:
    """Let standard output and error write what they can, and nowhere where they are closed."""
    codecs.register_error(NAME, _nearest)
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123  For the process's life.
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=NAME)


def is_unicode() -> bool:
    """Tell whether standard output writes every letter."""
    return codecs.lookup(sys.stdout.encoding or "ascii").name.startswith("utf")


def can_write(language: str) -> bool:
    """Tell whether standard output has the letters of ``language``."""
    if is_unicode():
        return True
    letters = "".join(filter(str.isalpha, in_language(catalogue("traboule.cli", "words.yaml")["commands"], language)))
    try:
        letters.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return letters[0].isascii()  # A Latin script: what lacks is written without its accents.
    return True


def print_error(text: str, indent: str = "") -> None:
    """Write a text to standard error; on a terminal its lines end between words, and no path or option is broken."""
    if sys.stderr.isatty():
        text = textwrap.fill(
            text,
            shutil.get_terminal_size().columns,
            initial_indent=indent,
            subsequent_indent=indent,
            break_long_words=False,
            break_on_hyphens=False,
        )
    else:
        text = f"{indent}{text}"
    click.echo(text, err=True)


def leave_pipe() -> None:
    """Discard output from now on: the reader of standard output has closed the pipe."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
