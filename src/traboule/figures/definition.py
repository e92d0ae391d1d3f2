"""What a figure *is*: read from ``definitions/*.yaml``, checked as a whole, and given a hash.

Comes in: one YAML text per figure. Goes out: definitions in their published order.
Promises: a filter names only fields that the register has, "of which" leads up a tree to a whole of the same unit and
qualifier, every sentence stands in four languages; all faults come at once, as findings.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any, Literal, get_args

import yaml

from traboule.core.errors import Invalid, NotFound
from traboule.core.findings import Finding, Severity
from traboule.core.language.languages import LANGUAGES
from traboule.core.language.messages import translated
from traboule.figures.quantity import Precision, Qualifier

Kind = Literal["exclusive", "overlapping"]
"""Exclusive cells and the unspecified rest add up to the whole; overlapping ones each stay within it."""


class Population(StrEnum):
    """Who or what is counted."""

    RETURNS = "returns"  # reporting entities: states with a return in force
    PERSONS = "persons"  # resolved persons, once per measure (rule 10)
    ARRESTS = "arrests"  # one person, one arresting state, one instant (rule 7)
    TALLIES = "tallies"  # rows that carry a count of their own: detections, checks, openings


FIELDS: Mapping[Population, Mapping[str, tuple[str, ...]]] = {
    Population.RETURNS: {},
    Population.PERSONS: {"roles": ("role",), "victims": ("status",)},
    Population.ARRESTS: {"arrests": ("attribution",)},
    Population.TALLIES: {"migrants": (), "checks": ("kind",), "investigations": ()},
}
KEYS: Mapping[Population, tuple[str, ...]] = {
    Population.RETURNS: ("state",),
    Population.PERSONS: ("person",),
    Population.ARRESTS: ("person", "arresting_state", "instant"),
    Population.TALLIES: ("state", "reference", "nationality"),
}
DIMENSIONS: Mapping[Population, tuple[str, ...]] = {
    Population.RETURNS: (),
    Population.PERSONS: ("state", "exploitation", "sex", "age_band", "nationality"),
    Population.ARRESTS: ("state", "attribution", "sex", "age_band", "nationality"),
    Population.TALLIES: ("state", "nationality"),
}

_PLAIN = ("id", "order", "titles", "unit", "population", "standard", "rules", "caveats")
_CHOICES = ("filter", "requires", "distinct_by", "amount")
_DECLARED = ("measures", "units", "union")
_OPTIONAL = (*_CHOICES, "of", "qualifier", "precision", "declared", "breakdowns")


@dataclass(frozen=True, slots=True)
class Condition:
    """A row of ``table`` whose ``field`` is one of ``among`` (any row where no field is named).

    ``unless`` describes rows of the same person record that take its effect away.
    """

    table: str
    field: str
    among: tuple[str, ...]
    unless: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class DeclaredAs:
    """Which declared measures enter the figure, in which counted units, and which two give it as a union (rule 8)."""

    measures: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    union: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Definition:
    """One figure. ``of`` names the whole it is a part of; ``requires`` is "minor" or empty."""

    id: str
    order: int
    titles: Mapping[str, str]
    unit: str
    population: Population
    filter: tuple[Condition, ...]
    requires: str
    distinct_by: tuple[str, ...]
    amount: str
    of: str | None
    qualifier: Qualifier | None
    precision: Precision
    declared: DeclaredAs
    breakdowns: Mapping[str, Kind]
    caveats: tuple[Mapping[str, str], ...]
    standard: str
    rules: tuple[int, ...]


Dictionary = Mapping[str, Definition]


@cache
def dictionary() -> Dictionary:
    """Return the shipped definitions, by id, in published order."""
    folder = files("traboule.figures").joinpath("definitions")
    named = sorted((entry.name, entry) for entry in folder.iterdir() if entry.name.endswith(".yaml"))
    return read({name: entry.read_text(encoding="utf-8") for name, entry in named})


@cache
def dictionary_hash() -> str:
    """Return the SHA-256 of the shipped definitions: a figure says which dictionary it was counted by (rule 24)."""
    digest = hashlib.sha256()
    for definition in dictionary().values():
        digest.update(repr(definition).encode())
    return digest.hexdigest()


def asked(definitions: Dictionary, figures: Sequence[str]) -> Dictionary:
    """Return the definitions of ``figures`` in published order, all where none is asked; NotFound for an unknown id."""
    for figure in figures:
        if figure not in definitions:
            raise NotFound("figure-unknown", figure=figure)
    return {name: one for name, one in definitions.items() if not figures or name in figures}


def read(texts: Mapping[str, str]) -> Dictionary:
    """Read definitions from YAML texts by file name. Raises Invalid with a finding for each fault of any of them."""
    loaded = {name: translated(_load(text), f"figures/definitions/{name}") for name, text in texts.items()}
    findings = [finding for name, raw in loaded.items() for finding in _faults(name, raw)]
    if findings:
        raise Invalid("figure-definitions-invalid", findings)
    definitions = sorted((_definition(raw) for raw in loaded.values()), key=lambda one: (one.order, one.id))
    known = {one.id: one for one in definitions}
    findings = [finding for one in definitions for finding in _tree_faults(one, known)]
    if len(known) < len(definitions):
        findings.append(_fault("figure-defined-twice", "", "id", ""))
    if findings:
        raise Invalid("figure-definitions-invalid", findings)
    return {name: _drawn_from_whole(one, known) for name, one in known.items()}


def _drawn_from_whole(definition: Definition, known: Dictionary) -> Definition:
    """A part without a filter of its own has its whole's."""
    whole = definition.of
    while whole is not None and not definition.filter:
        definition = replace(definition, filter=known[whole].filter)
        whole = known[whole].of
    return definition


def _load(text: str) -> Mapping[str, Any]:
    try:
        raw = yaml.load(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError:
        return {}
    return raw if isinstance(raw, dict) else {}


def _fault(code: str, name: str, field: str, value: object) -> Finding:
    return Finding(code, Severity.ERROR, table=name, field=field, value=str(value))


def _faults(name: str, raw: Mapping[str, Any]) -> Iterable[Finding]:
    """Find what one definition gets wrong by itself; one that has not the shape of a definition is asked no further."""
    shapes = [_fault("figure-shape-wrong", name, key, "") for key in raw if not _shaped(key, raw[key])]
    if shapes:
        yield from shapes
        return
    for key in _PLAIN:
        if key not in raw:
            yield _fault("figure-key-missing", name, key, "")
    for key in raw:
        if key not in (*_PLAIN, *_OPTIONAL):
            yield _fault("figure-key-unknown", name, str(key), "")
    for sentence in (raw.get("titles", {}), *raw.get("caveats", ())):
        for language in LANGUAGES:
            if not sentence.get(language):
                yield _fault("figure-language-missing", name, "titles", language)
    population = raw.get("population")
    if population not in tuple(Population):
        yield _fault("figure-population-unknown", name, "population", population)
        return
    yield from _unknown(name, "qualifier", [raw.get("qualifier")], (None, *Qualifier))
    yield from _unknown(name, "precision", [raw.get("precision", "exact")], tuple(Precision))
    yield from _unknown(name, "requires", [raw.get("requires", "")], ("", "minor"))
    yield from _unknown(name, "distinct_by", raw.get("distinct_by", ()), KEYS[Population(population)])
    yield from _unknown(name, "breakdowns", raw.get("breakdowns", {}), DIMENSIONS[Population(population)])
    yield from _unknown(name, "breakdowns", raw.get("breakdowns", {}).values(), get_args(Kind))
    for condition in raw.get("filter", ()):
        for one in (condition, *condition.get("unless", ())):
            known = FIELDS[Population(population)]
            yield from _unknown(name, "filter.table", [one.get("table")], tuple(known))
            fields = ("", *known.get(str(one.get("table")), ()))
            yield from _unknown(name, "filter.field", [one.get("field", "")], fields)


def _shaped(key: str, value: object) -> bool:
    """Tell whether a definition's key has the kind of value that can be read at all."""
    if key in ("titles", "breakdowns"):
        return _is_mapping(value)
    if key == "caveats":
        return isinstance(value, list) and all(_is_mapping(one) for one in value)
    if key == "filter":
        return isinstance(value, list) and all(_is_condition(one) for one in value)
    if key == "declared":
        return isinstance(value, dict) and all(one in _DECLARED and _is_texts(words) for one, words in value.items())
    if key == "rules":
        return isinstance(value, list) and all(isinstance(one, int) for one in value)
    if key == "distinct_by":
        return _is_texts(value)
    return isinstance(value, int) if key == "order" else value is None or isinstance(value, str)


def _is_mapping(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(one, str) for pair in value.items() for one in pair)


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _is_condition(value: object) -> bool:
    if not isinstance(value, dict) or not isinstance(value.get("table"), str):
        return False
    texts = isinstance(value.get("field", ""), str) and _is_texts(value.get("among", []))
    unless = value.get("unless", [])
    return texts and isinstance(unless, list) and all(_is_condition(one) for one in unless)


def _unknown(name: str, field: str, values: Iterable[object], known: Sequence[object]) -> Iterable[Finding]:
    return [_fault("figure-value-unknown", name, field, value) for value in values if value not in known]


def _tree_faults(definition: Definition, known: Dictionary) -> Iterable[Finding]:
    """Find a whole that does not exist, differs in unit or qualifier (rule 1), or is its own part."""
    seen, whole = {definition.id}, definition.of
    while whole is not None:
        if whole in seen:
            return [_fault("figure-of-itself", definition.id, "of", whole)]
        if whole not in known:
            return [_fault("figure-whole-unknown", definition.id, "of", whole)]
        above = known[whole]
        if (above.unit, above.qualifier, above.population) != (
            definition.unit,
            definition.qualifier,
            definition.population,
        ):
            return [_fault("figure-whole-differs", definition.id, "of", whole)]
        seen.add(whole)
        whole = above.of
    return []


def _definition(raw: Mapping[str, Any]) -> Definition:
    declared = raw.get("declared", {})
    qualifier = raw.get("qualifier")
    return Definition(
        id=raw["id"],
        order=raw["order"],
        titles=raw["titles"],
        unit=raw["unit"],
        population=Population(raw["population"]),
        filter=tuple(_condition(one) for one in raw.get("filter", ())),
        requires=raw.get("requires", ""),
        distinct_by=tuple(raw.get("distinct_by", ())),
        amount=raw.get("amount", ""),
        of=raw.get("of"),
        qualifier=Qualifier(qualifier) if qualifier else None,
        precision=Precision(raw.get("precision", "exact")),
        declared=DeclaredAs(**{key: tuple(values) for key, values in declared.items()}),
        breakdowns=raw.get("breakdowns", {}),
        caveats=tuple(raw["caveats"]),
        standard=raw["standard"],
        rules=tuple(raw["rules"]),
    )


def _condition(raw: Mapping[str, Any]) -> Condition:
    unless = tuple(_condition(one) for one in raw.get("unless", ()))
    return Condition(raw["table"], raw.get("field", ""), tuple(raw.get("among", ())), unless)
