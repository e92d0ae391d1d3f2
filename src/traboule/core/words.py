"""Catalogues of sentences in four languages: read from YAML, filled, never written in code.

A catalogue file holds ``code: {en: …, fr: …, es: …, ar: …}``; where an entry has several sentences (``message``,
``advice``) each is such a mapping. ``core`` ships ``errors.yaml``; each stage ships its own beside its code and reads
it with :func:`catalogue`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any
from unicodedata import bidirectional

import yaml

LANGUAGES: tuple[str, ...] = ("en", "fr", "es", "ar")
DATED_AS = {"en": "en_GB"}  # Where the day stands before the month.
RIGHT_TO_LEFT: frozenset[str] = frozenset({"ar"})
_ISOLATE, _END = "\u2068", "\u2069"  # First strong isolate, and its end.


@cache
def catalogue(package: str, name: str) -> Mapping[str, Any]:
    """Return the YAML file ``name`` of ``package`` (such as ``traboule.core``, ``errors.yaml``) as a mapping."""
    text = files(package).joinpath(name).read_text(encoding="utf-8")
    loaded: Mapping[str, Any] = yaml.load(text, Loader=yaml.CSafeLoader) or {}
    return loaded


def sentence(name: str, code: str, language: str, values: Mapping[str, object]) -> str:
    """Return sentence ``code`` of core's catalogue ``name`` in ``language``, with ``values`` filled in.

    Raises KeyError for a code that stands in no catalogue: a test reads all codes and keeps that from happening.
    """
    wording: Mapping[str, str] = catalogue("traboule.core", f"{name}.yaml")[code]
    return fill(wording, language, values)


def fill(wording: Mapping[str, str], language: str, values: Mapping[str, object]) -> str:
    """Return the wording in ``language`` (English where the language is unknown) with ``{name}`` places filled.

    In a language written from the right, Latin letters and Western digits keep a direction of their own.
    """
    return wording.get(language, wording["en"]).format_map(_Missing(isolated(values, language)))


def isolated(values: Mapping[str, object], language: str) -> Mapping[str, object]:
    """Return ``values`` as they stand inside a sentence: in a language written from the right each that is not of its
    letters or digits alone keeps a direction of its own (UAX #9)."""
    if language not in RIGHT_TO_LEFT:
        return values
    return {name: f"{_ISOLATE}{value}{_END}" if _is_foreign(str(value)) else value for name, value in values.items()}


def plain(text: str) -> str:
    """Return a text without the marks that :func:`isolated` puts in: what is copied from a sentence brings them."""
    return text.replace(_ISOLATE, "").replace(_END, "")


def _is_foreign(text: str) -> bool:
    return not text.startswith(_ISOLATE) and any(bidirectional(sign) in ("L", "EN") for sign in text)


class _Missing(dict[str, object]):
    """A place without a value shows as an ellipsis: a message must never fail on its own wording."""

    def __missing__(self, key: str) -> str:
        return "…"
