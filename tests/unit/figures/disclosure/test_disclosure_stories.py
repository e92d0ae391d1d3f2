"""Case stories: which detail goes first, and that one told again keeps its words where they still fit."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise, product
from typing import Any

import pytest

from traboule.figures.disclosure.rules import Rules
from traboule.figures.disclosure.story import ADULT, MINOR, Group, Incident, StoryRequest, fits, generalise, retell

RULES = Rules(threshold=10, minors_threshold=20, minimum_incidents=3)
FORM = "ForcedCriminality.OnlineScam"
WOMEN = Group("female", "18-20", FORM, 24, origin="NG")
LEVELS = (
    ("ML", "Africa", ""),
    ("2024-10-01", "2024-10", ""),
    ("female", ""),
    ("18-20", ADULT, ""),
    ("NG", ""),
    (FORM, "ForcedCriminality", ""),
)


def incidents(number: int, group: Group = WOMEN) -> list[Incident]:
    return [Incident(f"ML-{n}", "ML", "Africa", date(2024, 10, 1), (group,)) for n in range(number)]


def test_words_of_every_level_fit_those_they_were_chosen_for() -> None:
    alike = incidents(4)
    for words in product(*LEVELS):
        description = retell(StoryRequest(alike[0], (WOMEN,)), words, alike, RULES)
        assert description is not None, words
        assert (description.words, description.persons, description.incidents, description.at_least) == (
            words,
            96,
            4,
            20,
        )
        assert fits(words, alike, RULES)


@pytest.mark.parametrize(
    ("place", "word"),
    [
        *((0, "SN"), (0, "Asia"), (1, "2024-10-02"), (1, "2024-09"), (2, "male"), (3, "21-23"), (3, MINOR)),
        *((4, "TG"), (5, "ForcedCriminality.Begging"), (5, "ForcedLabour")),
    ],
)
def test_words_that_no_longer_fit_are_not_told(place: int, word: str) -> None:
    words = tuple(level[0] for level in LEVELS)
    changed = (*words[:place], word, *words[place + 1 :])
    alike = incidents(4)
    assert retell(StoryRequest(alike[0], (WOMEN,)), changed, alike, RULES) is None
    assert not fits(changed, alike, RULES)


def test_words_are_told_again_only_where_enough_fit() -> None:
    words = tuple(level[0] for level in LEVELS)
    for number, persons, is_told in ((3, 5, True), (2, 50, False), (3, 3, False), (4, 3, False), (5, 3, True)):
        alike = incidents(number, Group("female", "18-20", FORM, persons, origin="NG"))
        description = retell(StoryRequest(alike[0], alike[0].groups), words, alike, RULES)
        assert (description is not None) is is_told, (number, persons)


def test_no_number_is_told_that_one_incident_alone_reaches() -> None:
    """Whatever the policy asks of incidents: who knows the others would know that it is this one."""
    policy = Rules(threshold=10, minors_threshold=20, minimum_incidents=1)
    words = tuple(level[0] for level in LEVELS)
    for smaller, at_least in ((12, None), (20, 20)):
        pair = [*incidents(1), replace(incidents(2)[1], groups=(replace(WOMEN, persons=smaller),))]
        description = retell(StoryRequest(pair[0], (WOMEN,)), words, pair, policy)
        assert description is not None
        assert description.at_least == at_least


# What may be left out of a description, from what readers miss least to what they miss most: the words that then stand
# there, and what is true of incidents that only fit a description without the detail.
FINEST = {"country": "ML", "day": date(2024, 10, 1), "sex": "female", "band": "18-20", "origin": "NG", "form": FORM}
DETAILS: tuple[tuple[dict[int, str], dict[str, object]], ...] = (
    ({5: "ForcedCriminality"}, {"form": "ForcedCriminality.Begging"}),
    ({3: ADULT}, {"band": "21-23"}),
    ({1: "2024-10"}, {"day": date(2024, 10, 2)}),
    ({4: ""}, {"origin": "TG"}),
    ({2: ""}, {"sex": "male"}),
    ({1: ""}, {"day": date(2024, 9, 1)}),
    ({3: ""}, {"band": "9-17"}),
    ({0: "Africa"}, {"country": "SN"}),
    ({5: ""}, {"form": "ForcedLabour"}),
    ({2: "", 4: ""}, {"sex": "male", "origin": "TG"}),
    ({4: "", 5: ""}, {"origin": "TG", "form": "ForcedLabour"}),
    ({0: ""}, {"country": "BR"}),
    ({3: "", 5: ""}, {"band": "9-17", "form": "ForcedLabour"}),
)


def others(name: str, different: dict[str, object], number: int = 3) -> list[Incident]:
    """Return incidents that fit the story but for what is ``different``."""
    true: dict[str, Any] = {**FINEST, **different}
    group = Group(true["sex"], true["band"], true["form"], 24, origin=true["origin"])
    region = "Americas" if true["country"] == "BR" else "Africa"
    return [Incident(f"{name}-{n}", true["country"], region, true["day"], (group,)) for n in range(number)]


@pytest.mark.parametrize(("first", "second"), pairwise(range(len(DETAILS))))
def test_of_two_details_that_may_go_the_less_missed_one_goes(first: int, second: int) -> None:
    (story,) = others("story", {}, 1)
    finest = ("ML", "2024-10-01", "female", "18-20", "NG", FORM)
    for places in ((first, second), (second,)):
        alike = [story, *(incident for place in places for incident in others(str(place), DETAILS[place][1]))]
        description = generalise(StoryRequest(story, story.groups), alike, RULES)
        assert description is not None
        left_out = DETAILS[places[0]][0]
        assert description.words == tuple(left_out.get(place, word) for place, word in enumerate(finest))
