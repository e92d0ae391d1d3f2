"""Judge every number of a text against the published figures.

In: phrases, scopes and the reading. Out: claims. Guaranteed: *wrong* is said only where the words allow one figure
alone, the sentence speaks of this operation as a whole (or of the one state whose case it is), and no reading of the
sentence makes the number right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from traboule.factcheck.candidate_search import CandidateFinder
from traboule.factcheck.candidates import Candidate, FigureMatch, is_part_of_people, needs_qualifier
from traboule.factcheck.comparison import (
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
from traboule.factcheck.contradiction import Contradiction, is_misprint, is_telling, withdrawn
from traboule.factcheck.derivation.comparisons import ComparisonReader
from traboule.factcheck.derivation.derived import Derivation, DerivedReader
from traboule.factcheck.derivation.shares import NeighbourFigure, judged_share, share_of_sentence
from traboule.factcheck.derivation.sums import SumReader
from traboule.factcheck.measures import ARRESTS, LIKENESS, NATIONALITIES, ON_THEME, SMALL, UNMISTAKEN_ABOVE
from traboule.factcheck.reading.lexicon import REGION
from traboule.factcheck.reading.operations import UNKNOWN_OPERATION
from traboule.factcheck.reading.phrase import Phrase
from traboule.factcheck.reading.text import PEOPLE, TIMES, TextReading
from traboule.factcheck.report import Claim, figure_name, reason, shown_value
from traboule.factcheck.scope import Scope
from traboule.factcheck.sources import EditionFinder
from traboule.factcheck.writer import ClaimWriter
from traboule.figures.published import PublishedFactSheet, PublishedFigure

_LIKENESS = LIKENESS["loose"]
# "850 for trafficking or smuggling, or 43 per cent of all".
_SET_BESIDE = 8
# So many numbers that are no figures may stand between a figure and a share of it.
_PASSED = 2


class FigureJudge:
    """Judges the numbers of one text."""

    def __init__(
        self,
        reading: TextReading,
        phrases: Sequence[Phrase],
        scopes: Sequence[Scope],
        editions: EditionFinder,
        reader: str,
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
        self._decided: dict[int, FigureMatch] = {}
        self._shared: set[int] = set()
        self._finder = CandidateFinder(reading, phrases, self._decided, self._shared)

    def claims(self) -> list[Claim]:
        """Return a claim for every number that says something; parts of names and mere articles say nothing."""
        claims = [self._claim(phrase) for phrase in self._phrases]
        for index in withdrawn(self._phrases, self._decided):
            claims[index] = self._writer.not_ours(self._phrases[index], "not_ours")
        return [claim for claim in claims if claim is not None]

    def _claim(self, phrase: Phrase) -> Claim | None:
        kind, mention = self._r.kinds[phrase.index], phrase.mention.kind
        if kind == "name" or phrase.relation.is_base:
            return None
        if kind and mention == "article":
            return None
        if kind or (phrase.noun.head in TIMES and mention != "article"):
            return self._writer.not_ours(phrase, kind or "length")
        if mention == "article":
            return self._article_claim(phrase)
        if mention == "multiple":
            derivation = self._derived.derivation(phrase, self._scope(phrase), self._decided)
            if derivation is None:
                return self._wrongly_compared(phrase)
            return self._derived_claim(phrase, derivation)
        return self._share_claim(phrase, self._scope(phrase)) if mention == "share" else self._count_claim(phrase)

    def _count_claim(self, phrase: Phrase) -> Claim | None:
        scope = self._scope(phrase)
        chosen = self._choose(phrase, scope)
        if chosen is not None:
            self._decided[phrase.index] = chosen
            return self._figure_claim(phrase, chosen)
        derivation = self._derived.derivation(phrase, scope, self._decided)
        if derivation is not None:
            return self._derived_claim(phrase, derivation)
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
            return self._part_claim(phrase, mistaken)
        vague = phrase.mention.kind == "vague"
        return None if vague else self._writer.not_ours(phrase, self._why_not(phrase, scope))

    def _scope(self, phrase: Phrase) -> Scope:
        return self._scopes[self._r.tokens[phrase.mention.first].sentence]

    # Choosing the figure

    def _choose(self, phrase: Phrase, scope: Scope) -> FigureMatch | None:
        tried: list[FigureMatch] = []
        for sheet in scope.sheets:
            for candidate in self._finder.candidates(phrase, sheet):
                match = FigureMatch(candidate, sheet, relation(phrase.mention, candidate.figure))
                if self._acceptable(phrase, match):
                    tried.append(match)
        right = [match for match in tried if match.relation == SAME]
        if right:
            return right[0]
        if self._derived.is_no_figure(phrase):
            return None
        if tried:
            return tried[0]
        return self._editions.match(phrase, scope) or self._wrong(phrase, scope)

    def _wrong(self, phrase: Phrase, scope: Scope) -> FigureMatch | None:
        if phrase.setting.is_elsewhere or phrase.mention.kind == "vague":
            return None
        if not scope.sure:
            return self._misprinted(phrase, scope)
        before = self._phrases[phrase.index - 1].mention if phrase.index else None
        share = before.value if before and before.kind == "share" and self._finder.is_beside_last(phrase) else 0
        sheet, value = scope.sheets[0], phrase.mention.value
        swapped = value > UNMISTAKEN_ABOVE and any(figure.value == value for figure in sheet.figures)
        in_company = self._finder.is_in_company(phrase) or self._finder.goes_on(phrase)
        contradicted = [
            FigureMatch(candidate, sheet, OFF)
            for candidate in self._finder.candidates(phrase, sheet)
            if self._contradiction.between(phrase, candidate, sheet, in_company=in_company)
            and (not self._derived.is_rest(phrase) or swapped or self._slips(phrase, candidate))
            and not self._editions.stated_beside(phrase, scope, candidate.figure.id)
            and not self._editions.fits_another(phrase, sheet, candidate)
            # "Half of them, 12,000 flights" is half of what was counted.
            and not (share and likeness(value, round(share * (candidate.figure.value or 0))) > _LIKENESS["region"])
        ]
        return max(contradicted, key=lambda f: likeness(value, f.candidate.figure.value or 0), default=None)

    def _misprinted(self, phrase: Phrase, scope: Scope) -> FigureMatch | None:
        """Return the figure of the text's own edition whose misprint a number is, behind a sentence on another edition.

        "It followed Liberterra II. More than 41,000 officers took part."
        """
        if len(scope.sheets) < 2 or scope.foreign or self._names_or_dates(phrase):
            return None
        sheet = scope.sheets[-1]
        for candidate in self._finder.candidates(phrase, sheet):
            figure = candidate.figure
            fits = any(
                relation(phrase.mention, earlier.figure) != OFF
                for edition in scope.sheets[:-1]
                for earlier in self._finder.candidates(phrase, edition)
            )
            if not fits and is_misprint(phrase.mention, figure):
                contradicts = self._contradiction.between(
                    phrase, candidate, sheet, in_company=self._finder.is_in_company(phrase)
                )
                return FigureMatch(candidate, sheet, OFF) if contradicts else None
        return None

    def _names_or_dates(self, phrase: Phrase) -> bool:
        """Tell whether a number's sentence names an operation, a day or a year of its own."""
        first, last = self._r.sentence(phrase.mention.first)
        years = (m.first for m, kind in zip(self._r.mentions, self._r.kinds, strict=True) if kind == "year")
        dates = (date.first for date in self._r.dates)
        return any(first <= place < last for place in (*(name.first for name in self._r.names), *dates, *years))

    def _slips(self, phrase: Phrase, candidate: Candidate) -> bool:
        """Tell whether even "another …" can only be a misprint; "118 other countries" are all but the speaker's."""
        return phrase.noun.head != "country" and slip(phrase.mention, candidate.figure)

    # Accepting

    def _acceptable(self, phrase: Phrase, match: FigureMatch) -> bool:
        candidate, figure = match.candidate, match.candidate.figure
        if match.relation in (OFF, SAME):
            return match.relation == SAME
        similarity = likeness(phrase.mention.value, figure.value or 0)
        if match.relation == ROUNDED and phrase.setting.is_elsewhere and not phrase.mention.hedge:
            # A round number of another time or source is that source's.
            return False
        # "2,000 of the suspects are still held" rounds no number of arrests.
        off_subject = phrase.is_diverted and similarity < _LIKENESS["region"] and candidate.state is None
        if off_subject or (match.relation == BOUND and not phrase.mention.hedge and not self._scope(phrase).sure):
            # So is one that "at least" alone would allow.
            return False
        if candidate.state is not None:
            at_home = phrase.setting.state == candidate.state
            return similarity >= (_LIKENESS["case"] if at_home and candidate.firm else _LIKENESS["near"])
        off_theme = figure.id == ON_THEME and not (phrase.predicate.has_theme or phrase.relation.is_part)
        # "Staff from 120 countries" are not the 116 taking part.
        staff = figure.id in SMALL and not candidate.firm and not (phrase.mention.hedge and phrase.setting.is_worldwide)
        if phrase.setting.state is not None or is_part_of_people(phrase) or off_theme or staff:
            return False
        if match.relation == VAGUE:
            return (
                candidate.firm
                and (phrase.setting.is_worldwide or phrase.setting.near_state is None)
                and not phrase.setting.is_elsewhere
            )
        if match.relation == BOUND:
            return similarity >= (_LIKENESS["bound"] if candidate.firm else _LIKENESS["near"])
        return candidate.firm or similarity >= _LIKENESS["region"]

    # Writing the claim

    def _figure_claim(self, phrase: Phrase, match: FigureMatch) -> Claim:
        figure, candidate = match.candidate.figure, match.candidate
        right = shown_value(figure, self._reader)
        name = figure_name(figure.id, self._reader)
        words = self._writer.original(phrase.mention.opening, phrase.mention.closing)
        facts: dict[str, object] = {"figure": name, "right": right, "value": phrase.mention.value, "words": words}
        if candidate.state is not None:
            facts["state"] = self._writer.state(candidate.state)
        case = "_case" if candidate.state is not None else ""
        if match.relation == OFF:
            hedged = "_hedge" if phrase.mention.hedge else ""
            why = reason(f"wrong{hedged}{case}", self._reader, **facts)
            return self._writer.claim(phrase, WRONG, figure.id, figure.value, why)
        if match.relation == SAME and candidate.state is None and self._calls_a_part(phrase, match.sheet):
            return self._part_claim(phrase, figure)
        missing = needs_qualifier(phrase, figure, match.sheet, themed=self._finder.is_themed(phrase))
        if missing:
            for name, published in (("part", match.sheet.figure(ON_THEME)), ("whole", match.sheet.figure(ARRESTS))):
                facts[name] = shown_value(published, self._reader) if published is not None else ""
            return self._writer.claim(phrase, DROPPED, figure.id, figure.value, reason(missing, self._reader, **facts))
        if figure.id == NATIONALITIES and phrase.noun.head == "country":
            # "Migrants from 74 countries" says of 74 nationalities what is nearly the same.
            return self._derived_claim(phrase, Derivation(figure.id, figure.value or 0))
        if match.relation == SAME:
            is_exact = exactly(phrase.mention, figure)
            code = "same" + case if is_exact else "loose"
            verdict = CONFIRMED if is_exact else CONSISTENT
            return self._writer.claim(phrase, verdict, figure.id, figure.value, reason(code, self._reader, **facts))
        return self._writer.claim(
            phrase, CONSISTENT, figure.id, figure.value, reason(match.relation, self._reader, **facts)
        )

    def _calls_a_part(self, phrase: Phrase, sheet: PublishedFactSheet) -> bool:
        """Tell whether the text says a published total of minors, women or men alone."""
        # "Women and children" may be a way to say people.
        joined = (
            self._r.tag(phrase.last, "coordinators") is not None and self._r.tag(phrase.last + 1, "nouns") is not None
        )
        alone = bool(phrase.noun.subsets) and not phrase.noun.peoples and not joined
        return alone and is_telling(phrase.mention.value, sheet)

    def _mistaken_whole(self, phrase: Phrase, scope: Scope) -> PublishedFigure | None:
        """Return the published figure that the text gives for a part of the people: "2,517 arrests, 850 of minors"."""
        told_of_others = phrase.setting.is_elsewhere or phrase.is_diverted or phrase.setting.state is not None
        if not scope.sure or told_of_others or phrase.mention.hedge:
            return None
        sheet = scope.sheets[0]
        mistaken = self._calls_a_part(phrase, sheet) and (
            phrase.setting.is_worldwide or self._finder.is_in_company(phrase)
        )
        return next((f for f in sheet.figures if mistaken and f.value == phrase.mention.value), None)

    def _part_claim(self, phrase: Phrase, figure: PublishedFigure) -> Claim:
        right, name = shown_value(figure, self._reader), figure_name(figure.id, self._reader)
        words = self._writer.original(phrase.first, phrase.last)
        why = reason("part_called", self._reader, figure=name, right=right, words=words)
        return self._writer.claim(phrase, WRONG, figure.id, figure.value, why)

    def _share_claim(self, phrase: Phrase, scope: Scope) -> Claim:
        sentence = self._r.tokens[phrase.mention.first].sentence
        negatable = self._r.has_tag(sentence, sentence, "negations")
        if self._derived.is_rest(phrase):
            phrase = replace(phrase, predicate=replace(phrase.predicate, is_negated=True))
        neighbour = NeighbourFigure(self._figure_before(phrase), self._set_beside(phrase))
        share = judged_share(phrase, scope, neighbour=neighbour, negatable=negatable)
        derivation = self._derived.derivation(phrase, scope, self._decided) if share is None else None
        if derivation is not None:
            return self._derived_claim(phrase, derivation)
        compared = self._wrongly_compared(phrase) if share is None else None
        if compared is not None:
            return compared
        share = share or (share_of_sentence(phrase, self._r, self._editions.sheets) if scope.sheets else None)
        if share is None:
            return self._writer.not_ours(phrase, "share_unknown")
        self._shared.add(phrase.index)
        code = "wrong_share" if share.verdict == WRONG else "share"
        why = reason(code, self._reader, right=round(100 * share.right, 1))
        return self._writer.claim(phrase, share.verdict, ON_THEME, share.right, why)

    def _wrongly_compared(self, phrase: Phrase) -> Claim | None:
        """Return the claim that the text misstates a change between two editions, None where it does not."""
        true = self._comparisons.belied(phrase, self._scope(phrase))
        if true is None:
            return None
        name = figure_name(true.figure, self._reader)
        why = reason("wrong_derived", self._reader, figure=name, right=true.right, value=phrase.mention.value)
        if phrase.mention.kind == "share":
            why = reason("wrong_share", self._reader, right=round(100 * true.right, 1))
        return self._writer.claim(phrase, WRONG, true.figure, true.right, why)

    def _derived_claim(self, phrase: Phrase, derivation: Derivation) -> Claim:
        name = figure_name(derivation.figure, self._reader)
        why = reason("derived", self._reader, figure=name, right=derivation.right)
        return self._writer.claim(phrase, CONSISTENT, derivation.figure, derivation.right, why)

    def _figure_before(self, phrase: Phrase) -> str:
        """Return the figure before a bare share: "850 of them, or about a third", "2,517, a third of them for …"."""
        if phrase.index == 0 or phrase.noun.head not in (None, "arrest", "suspect"):
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
        of_all = of_all or (phrase.predicate.has_theme and not phrase.predicate.has_single_theme)
        return near and of_all and phrase.noun.head in (None, "arrest")

    def _article_claim(self, phrase: Phrase) -> Claim | None:
        """Judge "a woman … was arrested" where a state's case is one arrest; an article is never wrong."""
        if phrase.setting.state is None or phrase.predicate.verb != "arrest" or not self._is_someone(phrase):
            return None
        for sheet in self._scope(phrase).sheets:
            story = sheet.story(phrase.setting.state)
            for figure in story.figures if story else ():
                if figure.id == ARRESTS and figure.value == 1:
                    return self._figure_claim(
                        phrase, FigureMatch(Candidate(figure, False, phrase.setting.state), sheet, SAME)
                    )
        return None

    def _is_someone(self, phrase: Phrase) -> bool:
        """Tell whether "a …" is a person: a sect leader may be one, unless the sentence has "a woman" as well."""
        if phrase.noun.head is not None:
            return phrase.noun.head in PEOPLE
        articles = (
            article for article in self._phrases if article.mention.kind == "article" and article.noun.head in PEOPLE
        )
        earlier = (article for article in articles if article.index < phrase.index)
        return not any(self._finder.in_one_sentence(article, phrase, steps=0) for article in earlier)

    def _why_not(self, phrase: Phrase, scope: Scope) -> str:
        if not scope.sheets or not scope.sure:
            if self._tells_of_other(phrase):
                return "other_operation"
            return "not_ours" if scope.sheets or self._r.names else "no_operation"
        if phrase.setting.state not in (None, REGION):
            return "state"
        return "people" if is_part_of_people(phrase) else "not_ours"

    def _tells_of_other(self, phrase: Phrase) -> bool:
        """Tell whether the last operation named up to a number's sentence is not a published one."""
        last = self._r.sentence(phrase.mention.first)[1]
        codes = [name.code for name in self._r.names if name.first < last]
        return codes[-1:] == [UNKNOWN_OPERATION]
