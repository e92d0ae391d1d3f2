"""Case stories as cells: country × sex × age × origin × form × date, coarsened until enough others fit (rules 22, 23).

Comes in: the incident to be told and all incidents of the operation. Goes out: the finest description that fits enough
persons and enough incidents, or silence. Promises: what may be said is true of the story; at least the policy's
threshold of persons (of minors, theirs) in at least its minimum of incidents fit the same words; the number of persons
is said only as "at least", and only where as many incidents as the minimum reach it. Deterministic.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Any

from traboule.core.codes import vocabulary
from traboule.core.errors import Invalid
from traboule.figures.disclosure.rules import Rules

MINOR, ADULT = "minor", "adult"
# A description: place, when, sex, age, origin, form; empty where nothing is said.
Words = tuple[str, str, str, str, str, str]


@dataclass(frozen=True, slots=True)
class Group:
    """Persons of one incident who are alike: codes of the vocabularies, empty where not known; ``origin`` is the state
    they are nationals of."""

    sex: str
    age_band: str
    form: str
    persons: int
    origin: str = ""

    @property
    def minor(self) -> bool:
        """Tell whether they count as minors: under 18 (rule 16); whose age is not known is protected as one."""
        return not self.age_band or _years(self.age_band, "high") < 18


@dataclass(frozen=True, slots=True)
class Incident:
    """One action as far as a story could tell it. ``reference`` is the desk's own and is never said; ``also`` are the
    records of other filings of it."""

    reference: str
    country: str
    region: str
    day: date
    groups: tuple[Group, ...]
    also: tuple[str, ...] = ()

    def to_data(self) -> dict[str, Any]:
        """Return plain JSON-able data."""
        groups = [[one.sex, one.age_band, one.form, one.persons, one.origin] for one in self.groups]
        said = {"reference": self.reference, "country": self.country, "region": self.region}
        return {**said, "day": self.day.isoformat(), "groups": groups, "also": list(self.also)}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Incident:
        """Return what :meth:`to_data` gave."""
        groups = tuple(Group(*one) for one in data["groups"])
        day, also = date.fromisoformat(data["day"]), tuple(data["also"])
        return cls(data["reference"], data["country"], data["region"], day, groups, also)


@dataclass(frozen=True, slots=True)
class Story:
    """A story somebody wants told: an incident, and the groups it speaks of."""

    incident: Incident
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """What may be said; an empty text means that it may not be said. ``age`` is a band, "minor" or "adult"; ``when`` a
    day, a month (ISO 8601) or empty for "during the operation"; ``at_least`` None: no number of persons."""

    place: str
    when: str
    sex: str
    age: str
    origin: str
    form: str
    at_least: int | None
    persons: int
    incidents: int

    @property
    def words(self) -> Words:
        """Return the description alone."""
        return self.place, self.when, self.sex, self.age, self.origin, self.form


# The ways to say each thing, finest first, with what a step costs the story; the place is what readers miss most.
_PLACE = (("country", 0), ("region", 3), ("", 6))
_WHEN = (("day", 0), ("month", 1), ("", 2))
_SEX = (("sex", 0), ("", 2))
_AGE = (("band", 0), ("minor", 1), ("", 3))
_ORIGIN = (("origin", 0), ("", 2))
_FORM = (("form", 0), ("broader", 1), ("", 4))


_EVERY = tuple(sorted(product(_PLACE, _WHEN, _SEX, _AGE, _ORIGIN, _FORM), key=lambda way: sum(cost for _, cost in way)))
_WAYS = tuple(tuple(name for name, _ in way) for way in _EVERY)


def generalise(
    story: Story, incidents: Sequence[Incident], rules: Rules, kept: frozenset[str] = frozenset()
) -> Told | None:
    """Return the finest way to tell ``story`` among ``incidents``, or None where even the coarsest tells too much.

    ``kept`` holds "country" or "origin" where the story's words name that state and cannot be told without. Raises
    Invalid (``story-unknown``) where the story is of no incident given, or of groups it does not hold.
    """
    of_it = story.groups and all(one in story.incident.groups and one.persons > 0 for one in story.groups)
    if story.incident not in incidents or not of_it:
        raise Invalid("story-unknown", reference=story.incident.reference)
    for way in _WAYS:
        if kept <= frozenset(way):
            told = _tell(story, incidents, rules, way)
            if told is not None:
                return told
    return None


def fits(words: Words, incidents: Sequence[Incident], rules: Rules) -> bool:
    """Tell whether enough persons in enough incidents fit a description, whoever of them it was made of."""
    way = _way(words)
    minors = any(one.minor for each in incidents for one in each.groups if _described(each, one, way) == words)
    return _enough(_fitting(words, incidents, way), rules, minors=minors)


def retell(story: Story, words: Words, incidents: Sequence[Incident], rules: Rules) -> Told | None:
    """Return ``story`` told again in the very words of an earlier release; None where they no longer fit it, or too few
    others. Other words, however coarse, would be put together with the first."""
    way = _way(words)
    true = {_described(story.incident, group, way) for group in story.groups} == {words}
    fitting = _fitting(words, incidents, way)
    if not true or not _enough(fitting, rules, minors=any(group.minor for group in story.groups)):
        return None
    number = _at_least(story, fitting, rules)
    return Told(*words, at_least=number, persons=sum(fitting.values()), incidents=len(fitting))


def _way(words: Words) -> tuple[str, ...]:
    """Return the way in which a description was made, the coarser one where two would give the same."""
    place, when, sex, age, origin, form = words
    return (
        "" if not place else "country" if place.isalpha() and place.isupper() else "region",
        {0: "", len("2024-10"): "month"}.get(len(when), "day"),
        "sex" if sex else "",
        "minor" if age in (MINOR, ADULT) else "band" if age else "",
        "origin" if origin else "",
        "" if not form else "form" if "." in form else "broader",
    )


def _tell(story: Story, incidents: Sequence[Incident], rules: Rules, way: tuple[str, ...]) -> Told | None:
    said, *others = {_described(story.incident, group, way) for group in story.groups}
    fitting = _fitting(said, incidents, way)
    # What is not the same for all it speaks of, or not known, cannot be said of them.
    if others or not _enough(fitting, rules, minors=any(group.minor for group in story.groups)):
        return None
    number = _at_least(story, fitting, rules)
    return Told(*said, at_least=number, persons=sum(fitting.values()), incidents=len(fitting))


def _fitting(said: Words, incidents: Sequence[Incident], way: tuple[str, ...]) -> dict[str, int]:
    """Return how many persons of each incident fit what is said, incidents without any left out."""
    fitting: dict[str, int] = {}
    for incident in incidents:
        persons = sum(group.persons for group in incident.groups if _described(incident, group, way) == said)
        if persons:
            fitting[incident.reference] = fitting.get(incident.reference, 0) + persons
    return fitting


def _enough(fitting: Mapping[str, int], rules: Rules, *, minors: bool) -> bool:
    total = sum(fitting.values())
    least = max(rules.threshold, rules.minors_threshold) if minors else rules.threshold
    # Nor may one incident make up so much of the cell that whoever knows it can subtract it (see Reason.DOMINATED).
    rest = total - max(fitting.values(), default=0)
    return total >= least and len(fitting) >= rules.minimum_incidents and rest >= rules.threshold


def _at_least(story: Story, fitting: Mapping[str, int], rules: Rules) -> int | None:
    """Return the story's number rounded down to a multiple of the threshold, where enough incidents reach it."""
    number = rules.threshold * (fitting[story.incident.reference] // rules.threshold)
    reach = sum(persons >= number for persons in fitting.values())
    return number if number and reach >= max(2, rules.minimum_incidents) else None


def _described(incident: Incident, group: Group, way: tuple[str, ...]) -> Words:
    place, when, sex, age, origin, form = way
    return (
        {"country": incident.country, "region": incident.region, "": ""}[place],
        {"day": incident.day.isoformat(), "month": incident.day.isoformat()[:7], "": ""}[when],
        group.sex if sex else "",
        {"band": group.age_band, "minor": _of_age(group), "": ""}[age],
        group.origin if origin else "",
        {"form": group.form, "broader": group.form.split(".")[0], "": ""}[form],
    )


def _of_age(group: Group) -> str:
    """Return whether they are minors or adults, empty where nobody knows."""
    return "" if not group.age_band else MINOR if group.minor else ADULT


def _years(band: str, end: str) -> int:
    found = vocabulary("age_bands").attribute(band, end)
    return found if isinstance(found, int) else 0
