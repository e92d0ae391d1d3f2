"""Judge shares of the arrests: "a third of those arrested were suspected of trafficking", "850 (34 %)".

In: a phrase and its scope. Out: a verdict, or None where no published figures speak of the share. Guaranteed: a share
is wrong only where no rounding and no negation explains it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from traboule.factcheck.comparison import CONFIRMED, CONSISTENT, OFF, SAME, WRONG, far_share, share_relation
from traboule.factcheck.measures import ARRESTS, ON_THEME
from traboule.factcheck.reading.phrase import Phrase
from traboule.factcheck.reading.text import TextReading
from traboule.factcheck.scope import Scope
from traboule.figures.published import PublishedFactSheet

_TO_THE_POINT, _HEDGED = 0.006, 0.03
# A share that is a sentence of its own may be of what so many sentences before it say.
_AROUND = 2
# "A third only." is such a sentence still.
_BARE = 2


@dataclass(frozen=True, slots=True)
class JudgedShare:
    """A verdict, and the share the published figures give, between 0 and 1."""

    verdict: str
    right: float


@dataclass(frozen=True, slots=True)
class NeighbourFigure:
    """The figure of the number just before a share that has no noun of its own, "" where none is; ``set_beside`` where
    the share says of that number how much of all it is: "850 (half)"."""

    figure: str
    set_beside: bool


def judged_share(phrase: Phrase, scope: Scope, *, neighbour: NeighbourFigure, negatable: bool) -> JudgedShare | None:
    """Judge a share.

    ``neighbour`` is what stands before it, ``negatable`` tells that the sentence holds a negation, which may turn the
    share into its complement.
    """
    negated, on_theme = phrase.predicate.is_negated, neighbour.figure == ON_THEME
    mine = _is_of_arrests(phrase, neighbour)
    for sheet in scope.sheets if mine or on_theme else ():
        part, total = sheet.figure(ON_THEME), sheet.figure(ARRESTS)
        if part is None or total is None or not part.value or not total.value:
            continue
        ratio = part.value / total.value
        right = round(1 - ratio if negated and not on_theme else ratio, 4)
        # "850, two thirds thus for other crimes": beside the part a negation may mean either.
        for share in (right, round(1 - ratio, 4)) if negated else (right,):
            stands = share_relation(phrase.mention, share)
            if stands != OFF:
                return JudgedShare(CONFIRMED if stands == SAME else CONSISTENT, share)
        # Wrong only whichever way a negation is meant.
        turned = negatable or phrase.relation.is_inverted
        far = far_share(phrase.mention, right) and (not turned or far_share(phrase.mention, 1 - right))
        # "Two of three suspects" may be so many suspects and no share.
        firm = (
            mine and scope.sure and phrase.predicate.has_theme and not (phrase.mention.doubtful or phrase.is_diverted)
        )
        # "A tenth for trafficking" may be some of those for trafficking or smuggling.
        firm = firm and not (phrase.predicate.has_single_theme and phrase.mention.value < right)
        firm = firm or (on_theme and neighbour.set_beside and scope.sure and not negated)
        # Of "at least 1,800" a share may be larger, but no smaller.
        short = (phrase.mention.value < right) != negated
        if firm and (part.precision == "exact" or short) and far:
            return JudgedShare(WRONG, right)
    return None


def _is_of_arrests(phrase: Phrase, neighbour: NeighbourFigure) -> bool:
    """Tell whether a share says how many of all arrests were, or were not, for trafficking or smuggling."""
    noun, predicate = phrase.noun, phrase.predicate
    of_arrests = (
        noun.head == "arrest"
        or (predicate.verb == "arrest" and noun.head in ("person", "suspect", None))
        or (noun.head == "suspect" and predicate.is_for_theme)
        or (neighbour.figure == ARRESTS and (phrase.relation.is_part or (noun.head is None and predicate.has_theme)))
    )
    at_large = phrase.setting.state is None or neighbour.figure == ARRESTS
    return of_arrests and (predicate.has_theme or predicate.is_negated) and at_large and not phrase.setting.is_elsewhere


def share_of_sentence(phrase: Phrase, reading: TextReading, sheets: Sequence[PublishedFactSheet]) -> JudgedShare | None:
    """Take "the part that is for trafficking went from 34 to 48 per cent" for editions' shares of the arrests.

    The noun stands in the sentence before: only where trafficking and arrests are spoken of, and to the point.
    """
    sentence = reading.tokens[phrase.mention.first].sentence
    first, last = sentence, sentence
    begins, ends = reading.sentence(phrase.mention.first)
    if phrase.mention.opening - begins + ends - phrase.mention.closing <= _BARE:
        # "Are they all traffickers? No. About one in three.": a sentence of its own, said of those around it.
        first, last = max(sentence - _AROUND, 0), min(sentence + 1, len(reading.sentences) - 1)
    spoken = reading.has_tag(first, last, "theme")
    arrests = reading.has_tag(min(first, sentence - _AROUND), last, "nouns.arrest", "nouns.suspect", "verbs.arrest")
    if (
        phrase.noun.head is not None
        or phrase.setting.state is not None
        or phrase.setting.is_elsewhere
        or not (spoken and arrests)
    ):
        return None
    for sheet in sheets:
        part, total = sheet.figure(ON_THEME), sheet.figure(ARRESTS)
        if part is not None and total is not None and part.value and total.value:
            right = round(part.value / total.value, 4)
            hedged = phrase.mention.hedge and share_relation(phrase.mention, right) != OFF
            if abs(phrase.mention.value - right) <= (_HEDGED if hedged else _TO_THE_POINT):
                return JudgedShare(CONSISTENT, right)
    return None
