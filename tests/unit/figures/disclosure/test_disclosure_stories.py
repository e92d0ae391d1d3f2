"""A story that is told again keeps its words where they still fit, and at every level of detail."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest

from traboule.figures.disclosure.rules import Rules
from traboule.figures.disclosure.story import ADULT, MINOR, Group, Incident, StoryRequest, fits, retell

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
