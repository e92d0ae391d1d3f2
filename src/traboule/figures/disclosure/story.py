"""Generalise case stories (country × sex × age × origin × form × date) until enough others fit them (rules 22, 23).

In: the incident of the story and all incidents of the operation. Out: the finest description that fits enough persons
and enough incidents, or none (k-anonymity by generalisation). Guaranteed: the description is true of the story; at
least the policy's threshold of persons (of minors, theirs) in at least its minimum of incidents fit it; the number of
persons is stated only as "at least", and only where at least that minimum of incidents reach it. Deterministic.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from traboule.core.codes import vocabulary
from traboule.core.errors import Invalid
from traboule.figures.disclosure.rules import Rules

MINOR, ADULT = "minor", "adult"
# A description: place, when, sex, age, origin, form; empty where it says nothing of that.
Words = tuple[str, str, str, str, str, str]


@dataclass(frozen=True, slots=True)
class Group:
    """Persons of one incident with equal codes of the vocabularies, empty where not known; ``origin`` is the state of
    their nationality."""

    sex: str
    age_band: str
    form: str
    persons: int
    origin: str = ""

    @property
    def minor(self) -> bool:
        """Return whether they count as minors: under 18 (rule 16), or of unknown age, which is protected alike."""
        return not self.age_band or _years(self.age_band, "high") < 18


@dataclass(frozen=True, slots=True)
class Incident:
    """An action as far as a story may describe it. ``reference`` is the desk's own and is never published; ``also`` are
    the records of its other filings."""

    reference: str
    country: str
    region: str
    day: date
    groups: tuple[Group, ...]
    also: tuple[str, ...] = ()

    def to_data(self) -> dict[str, Any]:
        """Return plain JSON-able data."""
        groups = [[group.sex, group.age_band, group.form, group.persons, group.origin] for group in self.groups]
        place = {"reference": self.reference, "country": self.country, "region": self.region}
        return {**place, "day": self.day.isoformat(), "groups": groups, "also": list(self.also)}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Incident:
        """Return what :meth:`to_data` gave."""
        groups = tuple(Group(*values) for values in data["groups"])
        day, also = date.fromisoformat(data["day"]), tuple(data["also"])
        return cls(data["reference"], data["country"], data["region"], day, groups, also)


@dataclass(frozen=True, slots=True)
class StoryRequest:
    """A story that somebody asks for: an incident, and the groups it is about."""

    incident: Incident
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class StoryDescription:
    """What may be published; a field that may not is empty. ``age`` is a band, "minor" or "adult"; ``when`` a day, a
    month (ISO 8601) or empty for "during the operation"; ``at_least`` None: no number of persons."""

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


# The generalisation levels of each attribute, finest first, with their cost; the place matters most to readers.
_PLACE = (("country", 0), ("region", 3), ("", 6))
_WHEN = (("day", 0), ("month", 1), ("", 2))
_SEX = (("sex", 0), ("", 2))
_AGE = (("band", 0), ("minor", 1), ("", 3))
_ORIGIN = (("origin", 0), ("", 2))
_FORM = (("form", 0), ("broader", 1), ("", 4))
_ATTRIBUTES = (_PLACE, _WHEN, _SEX, _AGE, _ORIGIN, _FORM)

_COSTED_LEVELS = tuple(sorted(product(*_ATTRIBUTES), key=lambda levels: sum(cost for _, cost in levels)))
_LEVELS = tuple(tuple(name for name, _ in levels) for levels in _COSTED_LEVELS)


def generalise(
    story: StoryRequest, incidents: Sequence[Incident], rules: Rules, required: frozenset[str] = frozenset()
) -> StoryDescription | None:
    """Return the finest description of ``story`` among ``incidents``, or None where even the coarsest discloses too
    much.

    ``required`` holds "country" or "origin" where the story's text names that state and makes no sense without. Raises
    Invalid (``story-unknown``) where the story's incident is not in ``incidents``, or lacks its groups.
    """
    of_it = story.groups and all(group in story.incident.groups and group.persons > 0 for group in story.groups)
    if story.incident not in incidents or not of_it:
        raise Invalid("story-unknown", reference=story.incident.reference)
    table = _WordTable(incidents)
    for levels in _LEVELS:
        if required <= frozenset(levels):
            description = _describe(story, table, rules, levels)
            if description is not None:
                return description
    return None


def fits(words: Words, incidents: Sequence[Incident], rules: Rules) -> bool:
    """Return whether enough persons in enough incidents fit a description, whichever incident it describes."""
    levels = _levels_of(words)
    minors = any(
        group.minor
        for incident in incidents
        for group in incident.groups
        if _words_of(incident, group, levels) == words
    )
    return _fits_enough(_WordTable(incidents).persons_fitting(words, levels), rules, minors=minors)


def retell(story: StoryRequest, words: Words, incidents: Sequence[Incident], rules: Rules) -> StoryDescription | None:
    """Return ``story`` in the exact words of an earlier release; None where they no longer fit it, or too few others.
    Readers could combine other words, however coarse, with the earlier ones."""
    levels = _levels_of(words)
    true = {_words_of(story.incident, group, levels) for group in story.groups} == {words}
    fitting = _WordTable(incidents).persons_fitting(words, levels)
    if not true or not _fits_enough(fitting, rules, minors=any(group.minor for group in story.groups)):
        return None
    number = _at_least(story, fitting, rules)
    return StoryDescription(*words, at_least=number, persons=sum(fitting.values()), incidents=len(fitting))


def _levels_of(words: Words) -> tuple[str, ...]:
    """Return the generalisation levels of a description, the coarser ones where two would give the same."""
    place, when, sex, age, origin, form = words
    return (
        "" if not place else "country" if place.isalpha() and place.isupper() else "region",
        {0: "", len("2024-10"): "month"}.get(len(when), "day"),
        "sex" if sex else "",
        "minor" if age in (MINOR, ADULT) else "band" if age else "",
        "origin" if origin else "",
        "" if not form else "form" if "." in form else "broader",
    )


class _WordTable:
    """The words of every group of persons at every level of generalisation, for many descriptions to be compared
    with."""

    def __init__(self, incidents: Sequence[Incident]) -> None:
        rows = [(incident, group) for incident in incidents for group in incident.groups]
        self._references = [incident.reference for incident, _ in rows]
        self._persons = [group.persons for _, group in rows]
        words_of_rows = [_words_by_level(incident, group) for incident, group in rows]
        self._words = [
            {level: np.array([words[place][level] for words in words_of_rows], dtype=np.str_) for level, _ in levels}
            for place, levels in enumerate(_ATTRIBUTES)
        ]

    def persons_fitting(self, words: Words, levels: tuple[str, ...]) -> dict[str, int]:
        """Return how many persons of each incident fit the words, without incidents where none does."""
        is_fitting: NDArray[np.bool_] = np.ones(len(self._persons), dtype=np.bool_)
        for level, word, words_by_level in zip(levels, words, self._words, strict=True):
            if level:
                is_fitting &= words_by_level[level] == word
        fitting: dict[str, int] = {}
        for row in np.flatnonzero(is_fitting).tolist():
            if persons := self._persons[row]:
                reference = self._references[row]
                fitting[reference] = fitting.get(reference, 0) + persons
        return fitting


def _describe(story: StoryRequest, table: _WordTable, rules: Rules, levels: tuple[str, ...]) -> StoryDescription | None:
    words, *other_words = {_words_of(story.incident, group, levels) for group in story.groups}
    # A description must be the same for all groups of the story.
    if other_words:
        return None
    fitting = table.persons_fitting(words, levels)
    if not _fits_enough(fitting, rules, minors=any(group.minor for group in story.groups)):
        return None
    number = _at_least(story, fitting, rules)
    return StoryDescription(*words, at_least=number, persons=sum(fitting.values()), incidents=len(fitting))


def _fits_enough(fitting: Mapping[str, int], rules: Rules, *, minors: bool) -> bool:
    total = sum(fitting.values())
    least = max(rules.threshold, rules.minors_threshold) if minors else rules.threshold
    # Nor may an incident dominate: whoever knows it could subtract it (see ProtectionReason.DOMINATED).
    remainder = total - max(fitting.values(), default=0)
    return total >= least and len(fitting) >= rules.minimum_incidents and remainder >= rules.threshold


def _at_least(story: StoryRequest, fitting: Mapping[str, int], rules: Rules) -> int | None:
    """Return the story's number rounded down to a multiple of the threshold, where enough incidents reach it."""
    number = rules.threshold * (fitting[story.incident.reference] // rules.threshold)
    reach = sum(persons >= number for persons in fitting.values())
    return number if number and reach >= max(2, rules.minimum_incidents) else None


def _words_of(incident: Incident, group: Group, levels: tuple[str, ...]) -> Words:
    place, when, sex, age, origin, form = (
        words[level] for words, level in zip(_words_by_level(incident, group), levels, strict=True)
    )
    return place, when, sex, age, origin, form


def _words_by_level(incident: Incident, group: Group) -> tuple[dict[str, str], ...]:
    """Return what each attribute says at each of its levels, in the order of a description."""
    day = incident.day.isoformat()
    return (
        {"country": incident.country, "region": incident.region, "": ""},
        {"day": day, "month": day[:7], "": ""},
        {"sex": group.sex, "": ""},
        {"band": group.age_band, "minor": _of_age(group), "": ""},
        {"origin": group.origin, "": ""},
        {"form": group.form, "broader": group.form.split(".")[0], "": ""},
    )


def _of_age(group: Group) -> str:
    """Return whether they are minors or adults, empty where not known."""
    return "" if not group.age_band else MINOR if group.minor else ADULT


def _years(band: str, end: str) -> int:
    years = vocabulary("age_bands").attribute(band, end)
    return years if isinstance(years, int) else 0
