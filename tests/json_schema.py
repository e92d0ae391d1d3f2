"""The part of JSON Schema (2020-12) that our own schema uses; a keyword that is not known here is an error, not
ignored.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

TYPES: Mapping[str, Callable[[Any], bool]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
}
PLAIN = {"$schema", "$defs", "title", "description"}


def faults(value: Any, schema: Any, whole: Mapping[str, Any] | None = None, place: str = "$") -> Iterator[str]:
    """Name each place where ``value`` breaks ``schema``."""
    whole = schema if whole is None else whole
    if isinstance(schema, bool):
        if not schema:
            yield f"{place}: not allowed"
        return
    for keyword, wanted in schema.items():
        if keyword not in PLAIN:
            yield from KEYWORDS[keyword](value, wanted, schema, whole, place)


def _type(value: Any, wanted: Any, _s: Any, _w: Any, place: str) -> Iterator[str]:
    names = [wanted] if isinstance(wanted, str) else wanted
    if not any(TYPES[name](value) for name in names):
        yield f"{place}: no {' or '.join(names)}"


def _ref(value: Any, wanted: str, _s: Any, whole: Any, place: str) -> Iterator[str]:
    yield from faults(value, whole["$defs"][wanted.removeprefix("#/$defs/")], whole, place)


def _any_of(value: Any, wanted: Any, _s: Any, whole: Any, place: str) -> Iterator[str]:
    if all(list(faults(value, one, whole, place)) for one in wanted):
        yield f"{place}: fits none"


def _required(value: Any, wanted: Any, _s: Any, _w: Any, place: str) -> Iterator[str]:
    yield from (f"{place}.{name}: missing" for name in wanted if isinstance(value, dict) and name not in value)


def _properties(value: Any, wanted: Any, _s: Any, whole: Any, place: str) -> Iterator[str]:
    for name, schema in wanted.items():
        if isinstance(value, dict) and name in value:
            yield from faults(value[name], schema, whole, f"{place}.{name}")


def _additional(value: Any, wanted: Any, schema: Any, whole: Any, place: str) -> Iterator[str]:
    for name in sorted(set(value) - set(schema.get("properties", ()))) if isinstance(value, dict) else ():
        yield from faults(value[name], wanted, whole, f"{place}.{name}")


def _items(value: Any, wanted: Any, schema: Any, whole: Any, place: str) -> Iterator[str]:
    if isinstance(value, list):
        for number, one in list(enumerate(value))[len(schema.get("prefixItems", ())) :]:
            yield from faults(one, wanted, whole, f"{place}[{number}]")


def _prefix(value: Any, wanted: Any, _s: Any, whole: Any, place: str) -> Iterator[str]:
    if isinstance(value, list):
        for number, (one, schema) in enumerate(zip(value, wanted, strict=False)):
            yield from faults(one, schema, whole, f"{place}[{number}]")


def _held(test: Callable[[Any, Any], bool]) -> Callable[..., Iterator[str]]:
    def check(value: Any, wanted: Any, _s: Any, _w: Any, place: str) -> Iterator[str]:
        if not test(value, wanted):
            yield f"{place}: {value!r} against {wanted!r}"

    return check


KEYWORDS: Mapping[str, Callable[..., Iterator[str]]] = {
    "type": _type,
    "$ref": _ref,
    "anyOf": _any_of,
    "required": _required,
    "properties": _properties,
    "additionalProperties": _additional,
    "items": _items,
    "prefixItems": _prefix,
    "const": _held(lambda value, wanted: value == wanted),
    "enum": _held(lambda value, wanted: value in wanted),
    "minimum": _held(lambda value, wanted: not isinstance(value, int) or value >= wanted),
    "minLength": _held(lambda value, wanted: not isinstance(value, str) or len(value) >= wanted),
    "minItems": _held(lambda value, wanted: not isinstance(value, list) or len(value) >= wanted),
    "maxItems": _held(lambda value, wanted: not isinstance(value, list) or len(value) <= wanted),
    "pattern": _held(lambda value, wanted: not isinstance(value, str) or re.search(wanted, value) is not None),
}
