"""Read the definitions of figures from ``definitions/*.yaml``, check them together, and hash them.

In: one YAML text per figure. Out: definitions in their published order. Guaranteed: a filter names only fields that the
register has; "of" leads up a tree to a total of the same unit and qualifier; every sentence has all four languages; all
faults are reported at once, as findings.
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
from traboule.core.language.languages import LANGUAGES, without_growing
from traboule.core.language.messages import translated
from traboule.figures.quantity import Precision, Qualifier

Kind = Literal["exclusive", "overlapping"]
"""Exclusive cells and "unspecified" add up to the total; overlapping cells each stay within it."""


class Population(StrEnum):
    """The kind of entity that a figure counts."""

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
    """A row of ``table`` whose ``field`` is among ``among`` (any row where no field is named).

    ``unless`` describes rows of the same person record that cancel it.
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
class FigureDefinition:
    """The definition of a figure. ``of`` names the total it is a part of; ``requires`` is "minor" or empty."""

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


Dictionary = Mapping[str, FigureDefinition]


@cache
def dictionary() -> Dictionary:
    """Return the shipped definitions, by id, in published order."""
    folder = files("traboule.figures").joinpath("definitions")
    entries = sorted((entry.name, entry) for entry in folder.iterdir() if entry.name.endswith(".yaml"))
    return read({name: entry.read_text(encoding="utf-8") for name, entry in entries})


@cache
def dictionary_hash() -> str:
    """Return the SHA-256 of the shipped definitions, so that a figure states its dictionary (rule 24)."""
    digest = hashlib.sha256()
    for definition in dictionary().values():
        titles, *caveats = map(without_growing, (definition.titles, *definition.caveats))
        text = repr(replace(definition, titles=titles, caveats=tuple(caveats)))
        # Independent of the name of the class: published figures carry this hash.
        digest.update(f"Definition{text.removeprefix(type(definition).__name__)}".encode())
    return digest.hexdigest()


def select(definitions: Dictionary, figures: Sequence[str]) -> Dictionary:
    """Return the definitions of ``figures`` in published order, all where it is empty; NotFound for an unknown id."""
    for figure in figures:
        if figure not in definitions:
            raise NotFound("figure-unknown", figure=figure)
    return {name: definition for name, definition in definitions.items() if not figures or name in figures}


def read(texts: Mapping[str, str]) -> Dictionary:
    """Read definitions from YAML texts by file name. Raises Invalid with a finding for each fault of any of them."""
    loaded = {name: translated(_load(text), f"figures/definitions/{name}") for name, text in texts.items()}
    findings = [finding for name, raw in loaded.items() for finding in _faults(name, raw)]
    if findings:
        raise Invalid("figure-definitions-invalid", findings)
    definitions = sorted((_definition(raw) for raw in loaded.values()), key=lambda item: (item.order, item.id))
    by_id = {definition.id: definition for definition in definitions}
    findings = [finding for definition in definitions for finding in _tree_faults(definition, by_id)]
    if len(by_id) < len(definitions):
        findings.append(_fault("figure-defined-twice", "", "id", ""))
    if findings:
        raise Invalid("figure-definitions-invalid", findings)
    return {name: _with_inherited_filter(definition, by_id) for name, definition in by_id.items()}


def _with_inherited_filter(definition: FigureDefinition, by_id: Dictionary) -> FigureDefinition:
    """Return a definition with the filter of its total where it has none of its own."""
    total = definition.of
    while total is not None and not definition.filter:
        definition = replace(definition, filter=by_id[total].filter)
        total = by_id[total].of
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
    """Yield the faults of a definition by itself; where it has not the shape of one, only faults of shape."""
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
        for clause in (condition, *condition.get("unless", ())):
            fields_of = FIELDS[Population(population)]
            yield from _unknown(name, "filter.table", [clause.get("table")], tuple(fields_of))
            fields = ("", *fields_of.get(str(clause.get("table")), ()))
            yield from _unknown(name, "filter.field", [clause.get("field", "")], fields)


def _shaped(key: str, value: object) -> bool:
    """Return whether a definition's key has a value of the right type."""
    if key in ("titles", "breakdowns"):
        return _is_mapping(value)
    if key == "caveats":
        return isinstance(value, list) and all(_is_mapping(item) for item in value)
    if key == "filter":
        return isinstance(value, list) and all(_is_condition(item) for item in value)
    if key == "declared":
        return isinstance(value, dict) and all(name in _DECLARED and _is_texts(words) for name, words in value.items())
    if key == "rules":
        return isinstance(value, list) and all(isinstance(item, int) for item in value)
    if key == "distinct_by":
        return _is_texts(value)
    return isinstance(value, int) if key == "order" else value is None or isinstance(value, str)


def _is_mapping(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(text, str) for pair in value.items() for text in pair)


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _is_condition(value: object) -> bool:
    if not isinstance(value, dict) or not isinstance(value.get("table"), str):
        return False
    texts = isinstance(value.get("field", ""), str) and _is_texts(value.get("among", []))
    unless = value.get("unless", [])
    return texts and isinstance(unless, list) and all(_is_condition(item) for item in unless)


def _unknown(name: str, field: str, values: Iterable[object], allowed: Sequence[object]) -> Iterable[Finding]:
    return [_fault("figure-value-unknown", name, field, value) for value in values if value not in allowed]


def _tree_faults(definition: FigureDefinition, by_id: Dictionary) -> Iterable[Finding]:
    """Return the fault of a total that does not exist, differs in unit or qualifier (rule 1), or is its own part."""
    seen, total = {definition.id}, definition.of
    while total is not None:
        if total in seen:
            return [_fault("figure-of-itself", definition.id, "of", total)]
        if total not in by_id:
            return [_fault("figure-whole-unknown", definition.id, "of", total)]
        above = by_id[total]
        if (above.unit, above.qualifier, above.population) != (
            definition.unit,
            definition.qualifier,
            definition.population,
        ):
            return [_fault("figure-whole-differs", definition.id, "of", total)]
        seen.add(total)
        total = above.of
    return []


def _definition(raw: Mapping[str, Any]) -> FigureDefinition:
    declared = raw.get("declared", {})
    qualifier = raw.get("qualifier")
    return FigureDefinition(
        id=raw["id"],
        order=raw["order"],
        titles=raw["titles"],
        unit=raw["unit"],
        population=Population(raw["population"]),
        filter=tuple(_condition(clause) for clause in raw.get("filter", ())),
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
    unless = tuple(_condition(clause) for clause in raw.get("unless", ()))
    return Condition(raw["table"], raw.get("field", ""), tuple(raw.get("among", ())), unless)
