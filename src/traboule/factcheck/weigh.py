"""Every number of a text judged against the published figures.

In come phrases, scopes and the reading; out go claims. It promises that "wrong" is said only where the words allow one
figure alone, the sentence speaks of this operation as a whole (or of the one state whose case it is), and no reading
of the sentence makes the number right.
"""

from __future__ import annotations

from collections.abc import Sequence

from traboule.factcheck.anchor import (
    ARRESTS,
    ON_THEME,
    UNMISTAKEN,
    Candidate,
    Found,
    is_part_of_people,
    needs_qualifier,
)
from traboule.factcheck.candidate_search import CandidateFinder
from traboule.factcheck.contradict import SMALL, Contradiction, is_misprint, is_telling, withdrawn
from traboule.factcheck.derivation.comparisons import ComparisonReader
from traboule.factcheck.derivation.derived import Derivation, DerivedReader
from traboule.factcheck.derivation.shares import NeighbourFigure, judged_share, told_share
from traboule.factcheck.derivation.sums import SumReader
from traboule.factcheck.editions import Editions
from traboule.factcheck.judge import (
    BOUND,
    CONFIRMED,
    CONSISTENT,
    DROPPED,
    OFF,
    ROUNDED,
    SAME,
    VAGUE,
    WRONG,
    exactly,
    likeness,
    relation,
    slip,
)
from traboule.factcheck.reading.lexicon import REGION
from traboule.factcheck.reading.operations import OTHER
from traboule.factcheck.reading.text import PEOPLE, TIMES, Phrase, Reading
from traboule.factcheck.report import Claim, figure_name, reason, shown_value
from traboule.factcheck.scope import Scope
from traboule.factcheck.writer import ClaimWriter
from traboule.figures.published import PublishedFactSheet, PublishedFigure

# How alike a number must be to the published one to be taken for it loosely told.
_ALIKE_NEAR, _ALIKE_CASE, _ALIKE_REGION = 0.8, 0.3, 0.9
# A true "more than" says nothing when it is far below: it speaks of something else.
_ALIKE_BOUND = 0.3
# "850 for trafficking or smuggling, or 43 per cent of all".
_SET_BESIDE = 8
# So many numbers that are no figures may stand between a figure and a share of it.
_PASSED = 2


class Weigher:
    """Judges the numbers of one text."""

    def __init__(
        self, reading: Reading, phrases: Sequence[Phrase], scopes: Sequence[Scope], editions: Editions, reader: str
    ) -> None:
        """Take the text's phrases, scopes and editions; reasons are written in the language ``reader``."""
        self._editions = editions
        self._r = reading
        self._phrases = phrases
        self._scopes = scopes
        self._reader = reader
        self._writer = ClaimWriter(reading, reader)
        self._contradiction = Contradiction(reading)
        self._derived = DerivedReader(reading, phrases, editions.sheets)
        self._comparisons = ComparisonReader(reading, phrases)
        self._sums = SumReader(reading, phrases, self._derived)
        self._decided: dict[int, Found] = {}
        self._shared: set[int] = set()
        self._finder = CandidateFinder(reading, phrases, self._decided, self._shared)

    def claims(self) -> list[Claim]:
        """Return a claim for every number that says something; parts of names and mere articles say nothing."""
        found = [self._claim(phrase) for phrase in self._phrases]
        for index in withdrawn(self._phrases, self._decided):
            found[index] = self._writer.not_ours(self._phrases[index], "not_ours")
        return [claim for claim in found if claim is not None]

    def _claim(self, phrase: Phrase) -> Claim | None:
        kind, mention = self._r.kinds[phrase.index], phrase.mention.kind
        if kind == "name" or phrase.base:
            return None
        if kind and mention == "article":
            return None
        if kind or (phrase.head in TIMES and mention != "article"):
            return self._writer.not_ours(phrase, kind or "length")
        if mention == "article":
            return self._article(phrase)
        if mention == "multiple":
            derivation = self._derived.found(phrase, self._scope(phrase), self._decided)
            if derivation is None:
                return self._wrongly_compared(phrase)
            return self._followed(phrase, derivation)
        return self._share(phrase, self._scope(phrase)) if mention == "share" else self._count(phrase)

    def _count(self, phrase: Phrase) -> Claim | None:
        scope = self._scope(phrase)
        chosen = self._choose(phrase, scope)
        if chosen is not None:
            self._decided[phrase.index] = chosen
            return self._judged(phrase, chosen)
        derivation = self._derived.found(phrase, scope, self._decided)
        if derivation is not None:
            return self._followed(phrase, derivation)
        compared = self._wrongly_compared(phrase)
        if compared is not None:
            return compared
        worked_out = self._sums.verdict(phrase, self._decided) if scope.sure else None
        if worked_out is not None:
            code = "wrong_derived" if worked_out.verdict == WRONG else "derived"
            name = figure_name(worked_out.figure, self._reader)
            why = reason(code, self._reader, figure=name, right=worked_out.right, value=phrase.mention.value)
            return self._writer.claim(phrase, worked_out.verdict, worked_out.figure, worked_out.right, why)
        mistaken = self._mistaken_whole(phrase, scope)
        if mistaken is not None:
            return self._part_called(phrase, mistaken)
        vague = phrase.mention.kind == "vague"
        return None if vague else self._writer.not_ours(phrase, self._why_not(phrase, scope))

    def _scope(self, phrase: Phrase) -> Scope:
        return self._scopes[self._r.tokens[phrase.mention.first].sentence]

    # Choosing the figure

    def _choose(self, phrase: Phrase, scope: Scope) -> Found | None:
        tried: list[Found] = []
        for sheet in scope.sheets:
            for candidate in self._finder.candidates(phrase, sheet):
                found = Found(candidate, sheet, relation(phrase.mention, candidate.figure))
                if self._acceptable(phrase, found):
                    tried.append(found)
        right = [found for found in tried if found.relation == SAME]
        if right:
            return right[0]
        if self._derived.is_no_figure(phrase):
            return None
        if tried:
            return tried[0]
        return self._editions.found(phrase, scope) or self._wrong(phrase, scope)

    def _wrong(self, phrase: Phrase, scope: Scope) -> Found | None:
        if phrase.elsewhere or phrase.mention.kind == "vague":
            return None
        if not scope.sure:
            return self._misprinted(phrase, scope)
        before = self._phrases[phrase.index - 1].mention if phrase.index else None
        share = before.value if before and before.kind == "share" and self._finder.is_beside_last(phrase) else 0
        sheet, value = scope.sheets[0], phrase.mention.value
        swapped = value > UNMISTAKEN and any(figure.value == value for figure in sheet.figures)
        beside = self._finder.is_in_company(phrase) or self._finder.goes_on(phrase)
        contradicted = [
            Found(candidate, sheet, OFF)
            for candidate in self._finder.candidates(phrase, sheet)
            if self._contradiction.between(phrase, candidate, sheet, beside=beside)
            and (not self._derived.is_rest(phrase) or swapped or self._slips(phrase, candidate))
            and not self._editions.stated_beside(phrase, scope, candidate.figure.id)
            and not self._editions.fits_another(phrase, sheet, candidate)
            # "Half of them, 12,000 flights" is half of what was counted.
            and not (share and likeness(value, round(share * (candidate.figure.value or 0))) > _ALIKE_REGION)
        ]
        return max(contradicted, key=lambda f: likeness(value, f.candidate.figure.value or 0), default=None)

    def _misprinted(self, phrase: Phrase, scope: Scope) -> Found | None:
        """Return the figure of the text's own edition whose misprint a number is, behind a sentence on another edition.

        "It followed Liberterra II. More than 41,000 officers took part."
        """
        if len(scope.sheets) < 2 or scope.foreign or self._names_or_dates(phrase):
            return None
        sheet = scope.sheets[-1]
        for candidate in self._finder.candidates(phrase, sheet):
            figure = candidate.figure
            fits = any(
                relation(phrase.mention, beside.figure) != OFF
                for other in scope.sheets[:-1]
                for beside in self._finder.candidates(phrase, other)
            )
            if not fits and is_misprint(phrase.mention, figure):
                contradicts = self._contradiction.between(
                    phrase, candidate, sheet, beside=self._finder.is_in_company(phrase)
                )
                return Found(candidate, sheet, OFF) if contradicts else None
        return None

    def _names_or_dates(self, phrase: Phrase) -> bool:
        """Tell whether a number's sentence names an operation, a day or a year of its own."""
        first, last = self._r.sentence(phrase.mention.first)
        years = (m.first for m, kind in zip(self._r.mentions, self._r.kinds, strict=True) if kind == "year")
        dates = (date.first for date in self._r.dates)
        return any(first <= place < last for place in (*(name.first for name in self._r.names), *dates, *years))

    def _slips(self, phrase: Phrase, candidate: Candidate) -> bool:
        """Tell whether even "another …" can be nothing but a slip; "118 other countries" are all but the speaker's."""
        return phrase.head != "country" and slip(phrase.mention, candidate.figure)

    # Accepting

    def _acceptable(self, phrase: Phrase, found: Found) -> bool:
        candidate, figure = found.candidate, found.candidate.figure
        if found.relation in (OFF, SAME):
            return found.relation == SAME
        alike = likeness(phrase.mention.value, figure.value or 0)
        if found.relation == ROUNDED and phrase.elsewhere and not phrase.mention.hedge:
            # A round number of another time or source is that source's.
            return False
        # "2,000 of the suspects are still held" rounds no number of arrests.
        other = phrase.diverted and alike < _ALIKE_REGION and candidate.state is None
        if other or (found.relation == BOUND and not phrase.mention.hedge and not self._scope(phrase).sure):
            # So is one that "at least" alone would allow.
            return False
        if candidate.state is not None:
            at_home = phrase.place == candidate.state
            return alike >= (_ALIKE_CASE if at_home and candidate.firm else _ALIKE_NEAR)
        off_theme = figure.id == ON_THEME and not (phrase.theme or phrase.part)
        # "Staff from 120 countries" are not the 116 taking part.
        staff = figure.id in SMALL and not candidate.firm and not (phrase.mention.hedge and phrase.worldwide)
        if phrase.place is not None or is_part_of_people(phrase) or off_theme or staff:
            return False
        if found.relation == VAGUE:
            return candidate.firm and (phrase.worldwide or phrase.near is None) and not phrase.elsewhere
        if found.relation == BOUND:
            return alike >= (_ALIKE_BOUND if candidate.firm else _ALIKE_NEAR)
        return candidate.firm or alike >= _ALIKE_REGION

    # Writing the claim

    def _judged(self, phrase: Phrase, found: Found) -> Claim:
        figure, candidate = found.candidate.figure, found.candidate
        right = shown_value(figure, self._reader)
        name = figure_name(figure.id, self._reader)
        words = self._writer.original(phrase.mention.opening, phrase.mention.closing)
        facts: dict[str, object] = {"figure": name, "right": right, "value": phrase.mention.value, "words": words}
        if candidate.state is not None:
            facts["state"] = self._writer.state(candidate.state)
        case = "_case" if candidate.state is not None else ""
        if found.relation == OFF:
            hedged = "_hedge" if phrase.mention.hedge else ""
            why = reason(f"wrong{hedged}{case}", self._reader, **facts)
            return self._writer.claim(phrase, WRONG, figure.id, figure.value, why)
        if found.relation == SAME and candidate.state is None and self._calls_a_part(phrase, found.sheet):
            return self._part_called(phrase, figure)
        missing = needs_qualifier(phrase, figure, found.sheet, themed=self._finder.is_themed(phrase))
        if missing:
            for name, other in (("part", found.sheet.figure(ON_THEME)), ("whole", found.sheet.figure(ARRESTS))):
                facts[name] = shown_value(other, self._reader) if other is not None else ""
            return self._writer.claim(phrase, DROPPED, figure.id, figure.value, reason(missing, self._reader, **facts))
        if figure.id == "nationalities" and phrase.head == "country":
            # "Migrants from 74 countries" says of 74 nationalities what is nearly the same.
            return self._followed(phrase, Derivation(figure.id, figure.value or 0))
        if found.relation == SAME:
            kept = exactly(phrase.mention, figure)
            code = "same" + case if kept else "loose"
            verdict = CONFIRMED if kept else CONSISTENT
            return self._writer.claim(phrase, verdict, figure.id, figure.value, reason(code, self._reader, **facts))
        return self._writer.claim(
            phrase, CONSISTENT, figure.id, figure.value, reason(found.relation, self._reader, **facts)
        )

    def _calls_a_part(self, phrase: Phrase, sheet: PublishedFactSheet) -> bool:
        """Tell whether a number that is the published one of all is told of minors, women or men alone."""
        # "Women and children" may be a way to say people.
        joined = (
            self._r.tag(phrase.last, "coordinators") is not None and self._r.tag(phrase.last + 1, "nouns") is not None
        )
        alone = bool(phrase.subsets) and not phrase.peoples and not joined
        return alone and is_telling(phrase.mention.value, sheet)

    def _mistaken_whole(self, phrase: Phrase, scope: Scope) -> PublishedFigure | None:
        """Return the published figure that a part of the people is said to be: "2,517 arrests, 850 of minors"."""
        told_of_others = phrase.elsewhere or phrase.diverted or phrase.place is not None
        if not scope.sure or told_of_others or phrase.mention.hedge:
            return None
        sheet = scope.sheets[0]
        mistaken = self._calls_a_part(phrase, sheet) and (phrase.worldwide or self._finder.is_in_company(phrase))
        return next((f for f in sheet.figures if mistaken and f.value == phrase.mention.value), None)

    def _part_called(self, phrase: Phrase, figure: PublishedFigure) -> Claim:
        right, name = shown_value(figure, self._reader), figure_name(figure.id, self._reader)
        words = self._writer.original(phrase.first, phrase.last)
        why = reason("part_called", self._reader, figure=name, right=right, words=words)
        return self._writer.claim(phrase, WRONG, figure.id, figure.value, why)

    def _share(self, phrase: Phrase, scope: Scope) -> Claim:
        here = self._r.tokens[phrase.mention.first].sentence
        negatable = self._r.says(here, here, "negations")
        phrase.negated = phrase.negated or self._derived.is_rest(phrase)
        neighbour = NeighbourFigure(self._beside(phrase), self._set_beside(phrase))
        judged = judged_share(phrase, scope, neighbour=neighbour, negatable=negatable)
        derivation = self._derived.found(phrase, scope, self._decided) if judged is None else None
        if derivation is not None:
            return self._followed(phrase, derivation)
        compared = self._wrongly_compared(phrase) if judged is None else None
        if compared is not None:
            return compared
        judged = judged or (told_share(phrase, self._r, self._editions.sheets) if scope.sheets else None)
        if judged is None:
            return self._writer.not_ours(phrase, "share_unknown")
        self._shared.add(phrase.index)
        code = "wrong_share" if judged.verdict == WRONG else "share"
        why = reason(code, self._reader, right=round(100 * judged.right, 1))
        return self._writer.claim(phrase, judged.verdict, ON_THEME, judged.right, why)

    def _wrongly_compared(self, phrase: Phrase) -> Claim | None:
        """Return the claim that a change between two editions is told wrongly, None where it is not."""
        true = self._comparisons.belied(phrase, self._scope(phrase))
        if true is None:
            return None
        name = figure_name(true.figure, self._reader)
        why = reason("wrong_derived", self._reader, figure=name, right=true.right, value=phrase.mention.value)
        if phrase.mention.kind == "share":
            why = reason("wrong_share", self._reader, right=round(100 * true.right, 1))
        return self._writer.claim(phrase, WRONG, true.figure, true.right, why)

    def _followed(self, phrase: Phrase, derivation: Derivation) -> Claim:
        name = figure_name(derivation.figure, self._reader)
        why = reason("derived", self._reader, figure=name, right=derivation.right)
        return self._writer.claim(phrase, CONSISTENT, derivation.figure, derivation.right, why)

    def _beside(self, phrase: Phrase) -> str:
        """Return what stands before a bare share: "850 of them, or about a third", "2,517, a third of them for …"."""
        if phrase.index == 0 or phrase.head not in (None, "arrest", "suspect"):
            return ""
        last = phrase.index - 1
        while last > 0 and last not in self._decided and last not in self._shared and phrase.index - last <= _PASSED:
            # A change or an age between them takes nothing away.
            last -= 1
        before = self._decided.get(last)
        together = self._finder.in_one_sentence(self._phrases[last], phrase, steps=1)
        if together and phrase.index - 1 in self._shared:
            # "34 per cent. The other 66 per cent were for other crimes."
            return ON_THEME
        world = before is not None and before.candidate.state is None
        return before.candidate.figure.id if together and before is not None and world else ""

    def _set_beside(self, phrase: Phrase) -> bool:
        """Tell whether a share says of the number before it how much of all it is: "850 (half)", "850, or 43 per cent
        of all"."""
        before, after = self._r.text(phrase.mention.opening - 1), phrase.mention.closing
        if before == "(" and self._r.text(after) == ")":
            return True
        near = (
            phrase.index > 0 and phrase.mention.opening - self._phrases[phrase.index - 1].mention.closing <= _SET_BESIDE
        )
        of_all = any(self._r.tag(after, name) for name in ("part.of", "part.after", "scope.world"))
        # "Only 850, that is 43 per cent, for trafficking or smuggling".
        of_all = of_all or (phrase.theme and not phrase.lone)
        return near and of_all and phrase.head in (None, "arrest")

    def _article(self, phrase: Phrase) -> Claim | None:
        """Judge "a woman … was arrested" where a state's case is one arrest; an article is never wrong."""
        if phrase.place is None or phrase.verb != "arrest" or not self._is_someone(phrase):
            return None
        for sheet in self._scope(phrase).sheets:
            story = sheet.story(phrase.place)
            for figure in story.figures if story else ():
                if figure.id == ARRESTS and figure.value == 1:
                    return self._judged(phrase, Found(Candidate(figure, False, phrase.place), sheet, SAME))
        return None

    def _is_someone(self, phrase: Phrase) -> bool:
        """Tell whether "a …" is a person: a sect leader may be one, unless the sentence has "a woman" as well."""
        if phrase.head is not None:
            return phrase.head in PEOPLE
        beside = (other for other in self._phrases if other.mention.kind == "article" and other.head in PEOPLE)
        earlier = (other for other in beside if other.index < phrase.index)
        return not any(self._finder.in_one_sentence(other, phrase, steps=0) for other in earlier)

    def _why_not(self, phrase: Phrase, scope: Scope) -> str:
        if not scope.sheets or not scope.sure:
            if self._tells_of_other(phrase):
                return "other_operation"
            return "not_ours" if scope.sheets or self._r.names else "no_operation"
        if phrase.place not in (None, REGION):
            return "state"
        return "people" if is_part_of_people(phrase) else "not_ours"

    def _tells_of_other(self, phrase: Phrase) -> bool:
        """Tell whether the last operation that the text names, up to a number's sentence, is none of ours."""
        last = self._r.sentence(phrase.mention.first)[1]
        codes = [name.code for name in self._r.names if name.first < last]
        return codes[-1:] == [OTHER]
