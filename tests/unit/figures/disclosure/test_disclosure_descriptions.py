"""What a description of a story counts, checked against a count by hand, and what it costs to look for one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from tests.counted_work import python_steps

from traboule.figures.disclosure.rules import Rules
from traboule.figures.disclosure.story import Group, Incident, StoryDescription, StoryRequest, fits, generalise, retell

RULES = Rules(threshold=10, minors_threshold=20, minimum_incidents=3)
SEXES, BANDS, STATES = ("female", "male", ""), ("9-17", "18-20", "21-23", ""), ("TG", "NG", "")
FORMS = ("ForcedLabour.Domestic", "ForcedLabour.Fishing", "SexualExploitation", "")


def an_operation(seed: int, count: int) -> list[Incident]:
    """Return incidents drawn from ``seed``, some of whose rows were filed twice under the same reference."""
    draw = np.random.default_rng(seed)

    def group() -> Group:
        sex, band, form, origin = (str(draw.choice(codes)) for codes in (SEXES, BANDS, FORMS, STATES))
        return Group(sex, band, form, int(draw.integers(0, 9)), origin)

    def incident(number: int) -> Incident:
        day = date(2024, 9, 29) + timedelta(days=int(draw.integers(0, 5)))
        country, region = (("ML", "Africa"), ("SN", "Africa"), ("PE", "Americas"))[int(draw.integers(0, 3))]
        groups = tuple(group() for _ in range(int(draw.integers(1, 4))))
        return Incident(f"{country}/police/A{number % (count - 2)}", country, region, day, groups)

    return [incident(number) for number in range(count)]


def is_described(incident: Incident, group: Group, description: StoryDescription) -> bool:
    """Tell whether a description is true of a group, read as a person reads it."""
    place = description.place in ("", incident.country, incident.region)
    when = incident.day.isoformat().startswith(description.when)
    sex = description.sex in ("", group.sex)
    ages = {group.age_band, ("minor" if group.minor else "adult") if group.age_band else ""}
    form = description.form in ("", group.form, group.form.split(".")[0])
    origin = description.origin in ("", group.origin)
    return place and when and sex and (not description.age or description.age in ages) and form and origin


@pytest.mark.parametrize("seed", range(12))
def test_a_description_counts_whom_a_reader_would_count(seed: int) -> None:
    incidents = an_operation(seed, 60)
    asked = [StoryRequest(incident, (group,)) for incident in incidents for group in incident.groups if group.persons]
    described = [(story, generalise(story, incidents, RULES)) for story in asked]
    finest = [(story, description) for story, description in described if description is not None]
    assert len(finest) > len(asked) // 2
    told_again = [(description, retell(story, description.words, incidents, RULES)) for story, description in finest]
    for description, again in told_again:
        fitting: dict[str, int] = {}
        for incident in incidents:
            persons = sum(group.persons for group in incident.groups if is_described(incident, group, description))
            fitting[incident.reference] = fitting.get(incident.reference, 0) + persons
        # Where the story's own sex, age, origin or form is not known, only others of whom it is not known count.
        assert description.persons <= sum(fitting.values())
        assert description.incidents <= sum(persons > 0 for persons in fitting.values())
        if again is not None:
            assert (again.persons, again.incidents) == (
                sum(fitting.values()),
                sum(persons > 0 for persons in fitting.values()),
            )
            assert fits(again.words, incidents, replace(RULES, minors_threshold=10))
    assert sum(again == description for description, again in told_again) > len(finest) // 3


def test_a_story_reads_each_group_once_however_many_descriptions_it_tries() -> None:
    """Only the coarsest words, or none, fit a lone case: all others are tried before."""
    incidents = an_operation(1, 400)
    lone = Incident(
        "PE/police/alone", "PE", "Americas", date(2024, 10, 3), (Group("male", "9-17", "Begging", 40, "BO"),)
    )
    groups = sum(len(incident.groups) for incident in incidents)
    steps = python_steps(generalise, StoryRequest(lone, lone.groups), [*incidents, lone], RULES)
    assert steps < 120 * groups
