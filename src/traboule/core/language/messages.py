"""Message catalogues: English in each room's YAML, every other language in gettext; sentences are filled, never built.

A YAML file holds ``code: {en: …}``; where an entry has several sentences (``message``, ``advice``) each is such a
mapping. :func:`catalogue` returns the file with the other languages put beside the English, ``{en: …, fr: …, …}``.
Which files hold messages, and in which domain, stands in ``locale/domains.yaml``; a message's gettext context is its
file and its path in it, such as ``core/errors#not-permitted``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatch
from functools import cache
from gettext import GNUTranslations
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, NamedTuple
from unicodedata import bidirectional

import yaml

from traboule.core.language.languages import (
    GROWING_LANGUAGES,
    LANGUAGES,
    SPOKEN_LANGUAGES,
    in_language,
    is_right_to_left,
)
from traboule.core.language.numbers import plural_category


class Message(NamedTuple):
    """One English text: ``context`` is ``<file>#<path>``."""

    context: str
    english: str


_ISOLATE, _END = "\u2068", "\u2069"  # First strong isolate, and its end.


@cache
def catalogue(package: str, name: str) -> Mapping[str, Any]:
    """Return the YAML file ``name`` of ``package`` (such as ``traboule.core``, ``errors.yaml``) as a mapping."""
    text = files(package).joinpath(name).read_text(encoding="utf-8")
    loaded: Mapping[str, Any] = yaml.load(text, Loader=yaml.CSafeLoader) or {}
    folder = package.removeprefix("traboule").lstrip(".").replace(".", "/")
    return translated(loaded, f"{folder}/{name}")


def translated(content: Mapping[str, Any], file: str) -> Mapping[str, Any]:
    """Return what the YAML file ``file`` (``core/errors.yaml``) holds with every language beside the English."""
    domain = domain_of(file)
    if domain is None:
        return content
    result: Mapping[str, Any] = _with_languages(content, domain, f"{file.removesuffix('.yaml')}#")
    return result


@cache
def domains() -> Mapping[str, tuple[str, ...]]:
    """Return each gettext domain with the patterns of the YAML files whose messages it holds."""
    text = files("traboule").joinpath("locale", "domains.yaml").read_text(encoding="utf-8")
    return {domain: tuple(patterns) for domain, patterns in yaml.load(text, Loader=yaml.CSafeLoader).items()}


@cache
def domain_of(file: str) -> str | None:
    """Return the domain whose messages the YAML file ``file`` holds, None where it holds none."""
    matching = (domain for domain, patterns in domains().items() if any(fnmatch(file, p) for p in patterns))
    return next(matching, None)


def steps_of(content: Any) -> Iterator[tuple[str, Any]]:
    """Yield each part of a catalogue with its step in a message's context: its key, its code, else its position."""
    if isinstance(content, Mapping):
        yield from ((str(key), part) for key, part in content.items() if key not in SPOKEN_LANGUAGES)
    elif isinstance(content, list):
        for position, part in enumerate(content):
            code = (part.get("code") or part.get("id")) if isinstance(part, Mapping) else None
            yield str(position if code is None else code), part


def messages(domain: str) -> list[Message]:
    """Return the messages of a domain in the order in which they stand in their files."""
    root = files("traboule")
    names = sorted((name for name in _yaml_files(root) if domain_of(name) == domain), key=lambda name: name.split("/"))
    return [
        message
        for name in names
        for message in _messages_in(
            yaml.load(root.joinpath(name).read_bytes(), Loader=yaml.CSafeLoader), f"{name.removesuffix('.yaml')}#"
        )
    ]


def untranslated(domain: str, language: str) -> list[Message]:
    """Return the messages of a domain that ``language`` lacks, a fuzzy translation being none."""
    catalog = _catalog(domain, language)
    return [message for message in messages(domain) if f"{message.context}\x04{message.english}" not in catalog]


def _yaml_files(folder: Traversable, path: str = "") -> Iterator[str]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _yaml_files(entry, f"{path}{entry.name}/")
        elif entry.name.endswith(".yaml"):
            yield f"{path}{entry.name}"


def _messages_in(content: Any, context: str) -> Iterator[Message]:
    english = content.get("en") if isinstance(content, Mapping) else None
    if isinstance(english, str):
        yield Message(context.removesuffix("/"), english)
    elif isinstance(english, list):
        yield from (Message(f"{context}{place}", line) for place, line in enumerate(english))
    for step, part in steps_of(content):
        yield from _messages_in(part, f"{context}{step}/")


def _with_languages(content: Any, domain: str, context: str) -> Any:
    if isinstance(content, list):
        return [_with_languages(part, domain, f"{context}{step}/") for step, part in steps_of(content)]
    if not isinstance(content, Mapping):
        return content
    parts = {step: _with_languages(part, domain, f"{context}{step}/") for step, part in steps_of(content)}
    result = {key: parts.get(str(key), part) for key, part in content.items()}
    if isinstance(content.get("en"), str | list):
        # An entry that carries translations itself keeps them, and a language it lacks stays visibly missing.
        complete = () if any(language in content for language in LANGUAGES[1:]) else LANGUAGES[1:]
        for language in (*complete, *(code for code in GROWING_LANGUAGES if code not in content)):
            text = _translation(content["en"], domain, context, language)
            if text is not None:
                result.setdefault(language, text)
    return result


def _translation(english: str | list[str], domain: str, context: str, language: str) -> str | list[str] | None:
    """Return the translation of one message, or of a list of them; None where a growing language lacks it, or where the
    language has no compiled catalogue."""
    if isinstance(english, list):
        lines = [_translation(line, domain, f"{context}{place}/", language) for place, line in enumerate(english)]
        return None if None in lines else [str(line) for line in lines]
    messages = _catalog(domain, language)
    fallback = english if messages and language not in GROWING_LANGUAGES else None
    return messages.get(f"{context.removesuffix('/')}\x04{english}", fallback)


@cache
def _catalog(domain: str, language: str) -> Mapping[str, str]:
    compiled = files("traboule").joinpath("locale", language, "LC_MESSAGES", f"{domain}.mo")
    if not compiled.is_file():
        return {}
    with compiled.open("rb") as file:
        messages: Mapping[str, str] = GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    return messages


def sentence(name: str, code: str, language: str, values: Mapping[str, object]) -> str:
    """Return sentence ``code`` of core's catalogue ``name`` in ``language``, with ``values`` filled in.

    Raises KeyError for a code that stands in no catalogue: a test reads all codes and keeps that from happening.
    """
    wording: Mapping[str, str] = catalogue("traboule.core", f"{name}.yaml")[code]
    return fill(wording, language, values)


def fill(wording: Mapping[str, str], language: str, values: Mapping[str, object]) -> str:
    """Return the wording in ``language`` (English where the language is unknown) with ``{name}`` places filled.

    In a language written from the right, Latin letters and Western digits keep a direction of their own. A place may
    list forms, ``{rows} {rows:one=row|other=rows}``: it holds the form that the number takes in the language (CLDR).
    """
    places = _Places(isolated(values, language), language if language in wording else "en")
    return in_language(wording, language).format_map(places)


def plural_forms(listed: str) -> dict[str, str]:
    """Return the forms of a place, ``one=row|other=rows``, by their plural category."""
    return dict(form.split("=", 1) for form in listed.split("|"))


def isolated(values: Mapping[str, object], language: str) -> Mapping[str, object]:
    """Return ``values`` as they stand inside a sentence: in a language written from the right each that is not of its
    letters or digits alone keeps a direction of its own (UAX #9)."""
    if not is_right_to_left(language):
        return values
    return {name: f"{_ISOLATE}{value}{_END}" if _is_foreign(str(value)) else value for name, value in values.items()}


def plain(text: str) -> str:
    """Return a text without the marks that :func:`isolated` puts in: what is copied from a sentence brings them."""
    return text.replace(_ISOLATE, "").replace(_END, "")


def _is_foreign(text: str) -> bool:
    return not text.startswith(_ISOLATE) and any(bidirectional(sign) in ("L", "EN") for sign in text)


class _Places(dict[str, object]):
    """The values of a sentence. A place without one shows as an ellipsis: no message may fail on its own wording."""

    def __init__(self, values: Mapping[str, object], language: str) -> None:
        super().__init__(values)
        self._language = language

    def __getitem__(self, name: str) -> object:
        return _Place(super().get(name, "…"), self._language)


class _Place:
    """The value of a place; where the place lists forms, the form that the number in the value takes."""

    def __init__(self, value: object, language: str) -> None:
        self._value = value
        self._language = language

    def __format__(self, listed: str) -> str:
        if not listed:
            return str(self._value)
        forms = plural_forms(listed)
        digits = "".join(filter(str.isdigit, str(self._value)))  # Grouped, in digits of any script.
        category = plural_category(int(digits), self._language) if digits else "other"
        return forms.get(category, forms["other"])
