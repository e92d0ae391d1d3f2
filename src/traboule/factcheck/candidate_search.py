"""Find every published figure that a number may be.

In: a phrase and a fact sheet. Out: candidates, the likeliest first, from the number's words, its neighbours and the
places its sentence names. What the numbers before it were found to be plays a part ("of whom 850"); its own value only
where the words leave it open.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set

from traboule.factcheck.candidates import (
    Candidate,
    FigureMatch,
    case_candidates,
    hosting_candidates,
    part_candidates,
    story_candidates,
    themed_candidates,
    value_candidates,
    world_candidates,
)
from traboule.factcheck.comparison import ROUNDED, SAME, relation
from traboule.factcheck.contradiction import is_telling
from traboule.factcheck.measures import CHECKS, ON_THEME, UNMISTAKEN_ABOVE
from traboule.factcheck.reading.numerals.hedge_kinds import hedge_kinds
from traboule.factcheck.reading.phrase import Phrase
from traboule.factcheck.reading.text import PEOPLE, TextReading
from traboule.figures.published import PublishedFactSheet

# So often only databases are asked.
_MANY_TIMES = 100_000
# How many sentences before a part its whole may stand: "They worked on farms. Among them were 14 minors."
_PART_BACK = 2
# A list as long as this is no sentence.
_COMPANY = 40
# How many words may stand between a share and the number it comes to.
_NEIGHBOUR_REACH = 4


class CandidateFinder:
    """Finds the candidates of the numbers of one text.

    ``decided`` (what each number was found to be) and ``shared`` (which are shares of the arrests) grow as numbers are
    judged.
    """

    def __init__(
        self, reading: TextReading, phrases: Sequence[Phrase], decided: Mapping[int, FigureMatch], shared: Set[int]
    ) -> None:
        """Take the text's phrases, in its order."""
        self._r = reading
        self._phrases = phrases
        self._decided = decided
        self._shared = shared
        self._states = frozenset(place.code for place in reading.places if not place.towards)
        self._values = frozenset(m.value for m in reading.mentions if m.kind == "count" and m.value % 100)
        self._sentences = [reading.tokens[phrase.mention.first].sentence for phrase in phrases]

    def candidates(self, phrase: Phrase, sheet: PublishedFactSheet) -> list[Candidate]:
        options: list[Candidate] = self._candidates_by_share(phrase, sheet)
        parent = self._parent(phrase, sheet)
        if parent is not None:
            options += part_candidates(phrase, sheet, parent)
        options += case_candidates(phrase, sheet, self._states)
        world = [*world_candidates(phrase, sheet), *themed_candidates(phrase, sheet)]
        options += [*hosting_candidates(phrase, sheet, self._states_of_sentence(phrase)), *world]
        part = phrase.relation.is_part and phrase.predicate.has_theme and any(candidate.firm for candidate in options)
        bare = phrase.noun.is_alone and phrase.noun.head is None and not part
        if bare or not options:
            # "It was 4,414, the potential victims of trafficking …": the very number, whatever its sentence speaks of.
            options += self._telling(phrase, sheet) or ([] if options else self._searches(phrase, sheet))
        return options

    def _states_of_sentence(self, phrase: Phrase) -> frozenset[str]:
        """Return the states that its sentence names."""
        first, last = self._r.sentence(phrase.mention.first)
        return frozenset(place.code for place in self._r.places if first <= place.first < last)

    def _parent(self, phrase: Phrase, sheet: PublishedFactSheet) -> Candidate | None:
        """Return the total that a part belongs to: the number before it, or the number behind its "of"."""
        standing_alone = phrase.noun.is_alone and phrase.predicate.verb in (None, "other", "identify")
        people = phrase.noun.head in PEOPLE and (phrase.relation.is_part or phrase.relation.has_total)
        if not (phrase.relation.is_part or phrase.relation.has_total or standing_alone) or not (
            phrase.noun.head is None or people
        ):
            return None
        if phrase.noun.head == "person" and phrase.predicate.verb == "rescue":
            return None
        if phrase.relation.has_total and phrase.index + 1 < len(self._phrases):
            following = self._phrases[phrase.index + 1]
            if self.in_one_sentence(phrase, following, steps=0):
                story = sheet.story(following.setting.state or "")
                wholes = story_candidates(following, story) if story else world_candidates(following, sheet)
                # "More than 1,800 of 3,744": the second needs no noun.
                wholes = wholes or self._telling(following, sheet)
                same = (c for c in wholes if relation(following.mention, c.figure) == SAME)
                return next(same, wholes[0] if wholes else None)
        for earlier in range(phrase.index - 1, -1, -1):
            before = self._phrases[earlier]
            if not self.in_one_sentence(
                before, phrase, steps=_PART_BACK if phrase.relation.is_part else int(phrase.setting.opens_sentence)
            ):
                return None
            decided = self._decided.get(earlier)
            if decided is not None and decided.sheet is sheet and decided.candidate.figure.of is None:
                return decided.candidate
        return None

    def _candidates_by_share(self, phrase: Phrase, sheet: PublishedFactSheet) -> list[Candidate]:
        """Match the 850 of "a third of those arrested, 850 in all, were" to the figure that the share is of."""
        before = phrase.index - 1
        if phrase.noun.head not in (None, "person", "suspect", "arrest") or before not in self._shared:
            return []
        figure = sheet.figure(ON_THEME)
        return [Candidate(figure, False)] if self.is_beside_last(phrase) and figure is not None else []

    def is_beside_last(self, phrase: Phrase) -> bool:
        """Tell whether a few words at most stand between a number and the one before it."""
        return phrase.mention.opening - self._phrases[phrase.index - 1].last <= _NEIGHBOUR_REACH

    def in_one_sentence(self, before: Phrase, after: Phrase, steps: int) -> bool:
        return self._sentences[after.index] - self._sentences[before.index] <= steps

    def is_in_company(self, phrase: Phrase) -> bool:
        """Tell whether an earlier number of the sentence is exactly a world figure: then this one is worldwide too.

        The same holds behind two rounded world figures.
        """
        rounded = 0
        for earlier in reversed(self._phrases[max(phrase.index - _COMPANY, 0) : phrase.index]):
            match = self._decided.get(earlier.index)
            if not self.in_one_sentence(earlier, phrase, steps=0):
                return False
            if match is None or match.candidate.state is not None:
                continue
            rounded += match.relation == ROUNDED and match.candidate.firm and bool(earlier.mention.hedge)
            if match.relation == SAME or rounded > 1:
                return True
        return False

    def goes_on(self, phrase: Phrase) -> bool:
        """Tell whether victims or migrants are counted in a figure's full wording, right behind a sentence that
        has a world figure to the digit, and no state is named in either."""
        in_full = (
            phrase.noun.head in ("victim", "migrant")
            and phrase.noun.qualifiers
            and phrase.predicate.verb in ("rescue", "identify")
        )
        if (
            not in_full
            or phrase.setting.state is not None
            or phrase.mention.value <= UNMISTAKEN_ABOVE
            or not phrase.setting.opens_sentence
        ):
            return False
        sentence = self._r.tokens[phrase.mention.first].sentence
        first, last = self._r.sentences[sentence - 1][0] if sentence else 0, self._r.sentences[sentence][1]
        if any(first <= place.first < last for place in self._r.places):
            return False
        before = (f for i, f in self._decided.items() if first <= self._phrases[i].mention.first < phrase.mention.first)
        return any(f.relation == SAME and is_telling(f.candidate.figure.value or 0, f.sheet) for f in before)

    def _telling(self, phrase: Phrase, sheet: PublishedFactSheet) -> list[Candidate]:
        number = self._r.tokens[phrase.mention.first].sentence
        spoken = {"themed": self.is_themed(phrase), "countries": self._r.has_tag(number - 1, number, "nouns.country")}
        exact = value_candidates(phrase, sheet, names_operation=bool(self._r.names), **spoken)
        return exact or self._stated_again(phrase, sheet)

    def _stated_again(self, phrase: Phrase, sheet: PublishedFactSheet) -> list[Candidate]:
        """Match a bare "just over 3,200" to the 3,222 that the text states exactly."""
        mention = phrase.mention
        bounded = not mention.hedge or hedge_kinds()[mention.hedge].bounds
        if bounded or phrase.noun.head is not None or phrase.is_diverted or mention.value <= UNMISTAKEN_ABOVE:
            return []
        same = (figure for figure in sheet.figures if figure.value in self._values and phrase.noun.is_alone)
        return [Candidate(figure, False) for figure in same if relation(mention, figure) == ROUNDED]

    def _searches(self, phrase: Phrase, sheet: PublishedFactSheet) -> list[Candidate]:
        """Match "the databases were searched nearly 8 million times" to the database checks."""
        figure = sheet.figure(CHECKS)
        inside = range(*self._r.sentence(phrase.mention.first))
        last, is_large = phrase.mention.last, phrase.mention.value > _MANY_TIMES
        # "Ocho millones de veces".
        times = is_large and any(self._r.tag(place, "derived.times") for place in (last, last + 1))
        is_search = times and any(self._r.tag(place, "databases") for place in inside)
        return [Candidate(figure, True)] if is_search and figure is not None else []

    def is_themed(self, phrase: Phrase) -> bool:
        """Tell whether a number's sentence or the one before speaks of trafficking or smuggling."""
        number = self._r.tokens[phrase.mention.first].sentence
        return self._r.has_tag(number - 1, number, "theme")
