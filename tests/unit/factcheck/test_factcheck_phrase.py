"""A phrase is read in frozen stages, and judging alters none of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import FrozenInstanceError, fields, is_dataclass

import pytest

from traboule.factcheck.reading import phrase as stages
from traboule.factcheck.reading.lexicon import lexicon
from traboule.factcheck.reading.markers import fold, tokens
from traboule.factcheck.reading.phrase import Phrase
from traboule.factcheck.reading.phrases.reader import PhraseReader
from traboule.factcheck.reading.places import PlaceLinker
from traboule.factcheck.reading.text import TextReading, read
from traboule.factcheck.scope import scopes
from traboule.factcheck.sources import EditionFinder
from traboule.factcheck.verdict import FigureJudge
from traboule.figures.published import shipped_sheets

# The share is what others leave ("the other"), which the verdict finds out and the phrase does not say.
REST = (
    "Operation Liberterra II led to 2,517 arrests, 850 of them for human trafficking or migrant smuggling. "
    "The other 66 per cent of the arrests were for trafficking."
)
STAGES = [getattr(stages, name) for name in ("Phrase", "NounPhrase", "NumberRelation", "Predicate", "Setting")]


def read_phrases(text: str) -> tuple[TextReading, Sequence[Phrase]]:
    folded = fold(text)
    words = lexicon("en")
    reading = read(folded, tokens(folded), words, shipped_sheets())
    reader = PhraseReader(reading, words)
    return reading, PlaceLinker(reading, reader.counted, words).place(reader.phrases())


def test_every_stage_is_frozen_and_small() -> None:
    for stage in STAGES:
        assert is_dataclass(stage)
        assert len(fields(stage)) <= 10
    _reading, phrases = read_phrases(REST)
    for part in (phrases[0], phrases[0].noun, phrases[0].relation, phrases[0].predicate, phrases[0].setting):
        with pytest.raises(FrozenInstanceError):
            setattr(part, fields(part)[0].name, None)
    assert {hash(phrase) for phrase in phrases}


def test_judging_twice_gives_the_same_claims_and_leaves_the_phrases_alone() -> None:
    reading, phrases = read_phrases(REST)
    before = list(phrases)
    share = next(phrase for phrase in phrases if phrase.mention.kind == "share")
    operation = next(sheet for sheet in shipped_sheets() if sheet.code == "liberterra-ii")
    scoped = scopes(reading, shipped_sheets(), operation)
    editions = EditionFinder(reading, phrases, scoped, shipped_sheets())
    first, second = (FigureJudge(reading, phrases, scoped, editions, "en").claims() for _ in range(2))
    assert first == second
    assert not share.predicate.is_negated
    assert list(phrases) == before


def test_each_stage_says_what_its_pass_reads() -> None:
    _reading, phrases = read_phrases(
        "In Argentina, officers of Liberterra II rescued 59 potential victims, including 14 minors."
    )
    whole, part = phrases[-2:]
    assert (whole.noun.head, whole.noun.qualifiers, whole.predicate.verb) == ("victim", {"potential"}, "rescue")
    assert (whole.setting.state, whole.relation.is_part) == ("AR", False)
    assert (part.noun.subsets, part.relation.is_part, part.setting.state) == ({"minor"}, True, "AR")
