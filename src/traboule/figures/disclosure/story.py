"""Case stories as cells: country × sex × age × form × date, coarsened until they hide in enough others (rules 22, 23).

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

from traboule.core.codes import vocabulary
from traboule.core.errors import Invalid
from traboule.figures.disclosure.rules import Rules

MINOR, ADULT = "minor", "adult"


@dataclass(frozen=True, slots=True)
class Group:
    """Persons of one incident who are alike: codes of the vocabularies, empty where not known."""

    sex: str
    age_band: str
    form: str
    persons: int

    @property
    def minor(self) -> bool:
        """Tell whether they count as minors: under 18 (rule 16); whose age is not known is protected as one."""
        return not self.age_band or _years(self.age_band, "high") < 18


@dataclass(frozen=True, slots=True)
class Incident:
    """One action as far as a story could tell it. ``reference`` is the desk's own and is never said."""

    reference: str
    country: str
    region: str
    day: date
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Story:
    """A story somebody wants told: an incident, and the group it speaks of."""

    incident: Incident
    group: Group


@dataclass(frozen=True, slots=True)
class Told:
    """What may be said; an empty text means that it may not be said. ``age`` is a band, "minor" or "adult"; ``when`` a
    day, a month (ISO 8601) or empty for "during the operation"; ``at_least`` None: no number of persons."""

    place: str
    when: str
    sex: str
    age: str
    form: str
    at_least: int | None
    persons: int
    incidents: int


# The ways to say each thing, finest first, with what a step costs the story; the place is what readers miss most.
_PLACE = (("country", 0), ("region", 3), ("", 6))
_WHEN = (("day", 0), ("month", 1), ("", 2))
_SEX = (("sex", 0), ("", 2))
_AGE = (("band", 0), ("minor", 1), ("", 3))
_FORM = (("form", 0), ("broader", 1), ("", 4))


def generalise(story: Story, incidents: Sequence[Incident], rules: Rules) -> Told | None:
    """Return the finest way to tell ``story`` among ``incidents``, or None where even the coarsest tells too much.

    Raises Invalid (``story-unknown``) where the story is of no incident given, or of a group it does not hold.
    """
    if story.incident not in incidents or story.group not in story.incident.groups or story.group.persons < 1:
        raise Invalid("story-unknown", reference=story.incident.reference)
    ways = sorted(product(_PLACE, _WHEN, _SEX, _AGE, _FORM), key=lambda way: sum(cost for _, cost in way))
    for way in ways:
        named = tuple(name for name, _ in way)
        told = _tell(story, incidents, rules, named)
        if told is not None:
            return told
    return None


def _tell(story: Story, incidents: Sequence[Incident], rules: Rules, way: tuple[str, ...]) -> Told | None:
    said = _described(story.incident, story.group, way)
    fitting: dict[str, int] = {}
    minors = story.group.minor
    for incident in incidents:
        persons = sum(group.persons for group in incident.groups if _described(incident, group, way) == said)
        if persons:
            fitting[incident.reference] = fitting.get(incident.reference, 0) + persons
    total = sum(fitting.values())
    least = max(rules.threshold, rules.minors_threshold) if minors else rules.threshold
    # Nor may one incident make up so much of the cell that whoever knows it can subtract it (see Reason.DOMINATED).
    rest = total - max(fitting.values(), default=0)
    if total < least or len(fitting) < rules.minimum_incidents or rest < rules.threshold:
        return None
    return Told(*said, at_least=_at_least(story, fitting, rules), persons=total, incidents=len(fitting))


def _at_least(story: Story, fitting: Mapping[str, int], rules: Rules) -> int | None:
    """Return the story's number rounded down to a multiple of the threshold, where enough incidents reach it."""
    number = rules.threshold * (fitting[story.incident.reference] // rules.threshold)
    reach = sum(persons >= number for persons in fitting.values())
    return number if number and reach >= max(2, rules.minimum_incidents) else None


def _described(incident: Incident, group: Group, way: tuple[str, ...]) -> tuple[str, str, str, str, str]:
    place, when, sex, age, form = way
    return (
        {"country": incident.country, "region": incident.region, "": ""}[place],
        {"day": incident.day.isoformat(), "month": incident.day.isoformat()[:7], "": ""}[when],
        group.sex if sex else "",
        {"band": group.age_band, "minor": MINOR if group.minor else ADULT, "": ""}[age],
        {"form": group.form, "broader": group.form.split(".")[0], "": ""}[form],
    )


def _years(band: str, end: str) -> int:
    found = vocabulary("age_bands").attribute(band, end)
    return found if isinstance(found, int) else 0
