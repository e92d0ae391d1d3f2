"""Countries as the demo knows them, routes, and the outline of an operation.

In: ``pools/places.yaml``. Out: countries, corridors, origins, and an outline where no operation file is handed in.
Guaranteed: every country used as a state or a nationality has a culture of names, a language and a place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Protocol

from traboule.core.language.messages import catalogue
from traboule.demo.world.names import POOLS


class Taking(Protocol):
    """A state or territory that takes part."""

    @property
    def state(self) -> str: ...


class Outline(Protocol):
    """What the demo needs to know of an operation; ``operation.Operation`` is one. Dates are local, both inside."""

    @property
    def code(self) -> str: ...
    @property
    def start(self) -> date: ...
    @property
    def end(self) -> date: ...
    @property
    def participants(self) -> Sequence[Taking]: ...
    @property
    def coordination_units(self) -> Sequence[str]: ...


@dataclass(frozen=True, slots=True)
class Country:
    """One country: where it is, whose names its citizens have, the language of its returns, how much it finds."""

    code: str
    region: str
    culture: str
    language: str
    weight: int
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DefaultParticipant:
    """A participant of the outline that is used when no operation is handed in."""

    state: str


@dataclass(frozen=True, slots=True)
class DefaultOutline:
    """Liberterra II: real dates and coordination units, a plausible list of participants."""

    code: str
    start: date
    end: date
    participants: tuple[DefaultParticipant, ...]
    coordination_units: tuple[str, ...]


@cache
def countries() -> Mapping[str, Country]:
    """Return all countries by ISO 3166-1 code (with XK)."""
    read = catalogue(POOLS, "places.yaml")["countries"]
    return {
        code: Country(code, fields[0], fields[1], fields[2], int(fields[3]), tuple(str(place) for place in fields[4:]))
        for code, fields in read.items()
    }


@cache
def corridors() -> tuple[tuple[str, ...], ...]:
    """Return routes as countries in the order of travel."""
    return tuple(tuple(route) for route in catalogue(POOLS, "places.yaml")["corridors"])


@cache
def origins() -> Mapping[str, tuple[str, ...]]:
    """Return, by region, where people found there come from, with repeats for the more frequent."""
    return {region: tuple(text.split()) for region, text in catalogue(POOLS, "places.yaml")["origins"].items()}


def outline() -> DefaultOutline:
    """Return the outline used when no operation is handed in."""
    read = catalogue(POOLS, "places.yaml")
    return DefaultOutline(
        code="liberterra-ii",
        start=date(2024, 9, 29),
        end=date(2024, 10, 4),
        participants=tuple(DefaultParticipant(state) for state in read["participants"].split()),
        coordination_units=("AR", "SN", "PH", "MK"),
    )


def taking_part(operation: Outline, states: int) -> tuple[str, ...]:
    """Return the first ``states`` participants in the demo's order: those of the public record, then as listed."""
    order = {state: place for place, state in enumerate(catalogue(POOLS, "places.yaml")["participants"].split())}
    codes = [participant.state for participant in operation.participants if participant.state in countries()]
    listing_order = {state: place for place, state in enumerate(codes)}
    return tuple(sorted(codes, key=lambda state: (order.get(state, len(order)), listing_order[state]))[:states])


def coordination_unit(state: str, units: Sequence[str]) -> str:
    """Return the coordination unit ``state`` reports to: that of its region, or the first."""
    unit = str(catalogue(POOLS, "places.yaml")["regions"][countries()[state].region])
    return unit if unit in units else units[0]
