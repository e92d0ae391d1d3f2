"""Judge every claim of a text against published fact sheets.

In: a text and fact sheets. Out: a :class:`ClaimsReport`. Guaranteed: every number, date and "preliminary" of the text
has a verdict: confirmed, consistent, dropped_qualifier, wrong (with the right value) or not_ours; *wrong* is never said
where the text may mean something else; no network, model or database is used.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence, Set
from dataclasses import replace

from traboule.core.errors import Invalid
from traboule.factcheck.comparison import CONFIRMED, WRONG, slipped
from traboule.factcheck.dates import DateClaimReader
from traboule.factcheck.measures import COMMON_BELOW
from traboule.factcheck.reading.blocks import apart_from_names
from traboule.factcheck.reading.language import detect
from traboule.factcheck.reading.lexicon import LANGUAGES, lexicon
from traboule.factcheck.reading.markers import fold, tokens
from traboule.factcheck.reading.operations import (
    FOREIGN,
    UNKNOWN_OPERATION,
    is_long_text,
    operation_meant,
    operation_traces,
    others_named,
)
from traboule.factcheck.reading.phrases.reader import PhraseReader
from traboule.factcheck.reading.places import PlaceLinker
from traboule.factcheck.reading.text import TextReading, read
from traboule.factcheck.remarks import forbidden_words
from traboule.factcheck.report import Claim, ClaimsReport
from traboule.factcheck.scope import Scope, scopes
from traboule.factcheck.sources import EditionFinder
from traboule.factcheck.verdict import FigureJudge
from traboule.figures.published import PublishedFactSheet

# Some thirty long articles; more is not one text, and a checker of press must not be a way to keep a machine busy.
LONGEST_TEXT = 300_000
# Twice the numbers of so long a text that is nothing but press; each costs time.
MOST_NUMBERS = 12_000
# What the numbers of a text without a name tell of its being about ours; a round one must be within three of a hundred.
_HINT, _EVIDENCE, _PROOF = 1, 2, 3
_ROUND, _NEAR, _SAME_SHARE = 1000, 0.03, 0.006
# The scope of a sentence that is about nothing of ours.
_FOREIGN_SCOPE = Scope((), sure=False, foreign=True)
_BINARY_SHARE = 0.02


def check_text(
    text: str,
    *,
    sheets: Sequence[PublishedFactSheet],
    language: str | None = None,
    default: str | None = None,
    reader: str | None = None,
) -> ClaimsReport:
    """Judge every claim of ``text`` against ``sheets``.

    ``language`` is the text's (detected where None), ``default`` the code of the sheet meant where the text names no
    operation, ``reader`` the language of the reasons (the text's where None). Raises Invalid: ``claims-text-empty``,
    ``claims-text-too-long``, ``claims-text-numbers``, ``claims-text-binary``, ``claims-language-unknown``,
    ``claims-language-unsupported``.
    """
    _refuse_unreadable(text)
    if language is not None and language not in LANGUAGES:
        raise Invalid("claims-language-unsupported", language=language, known=", ".join(LANGUAGES))
    folded = fold(text)
    text_tokens = tokens(folded)
    language = language or detect(text_tokens)
    words = lexicon(language)
    if words.ordinal_dot:
        text_tokens = tokens(folded, ordinal_dot=True)
    reading = read(folded, text_tokens, words, sheets)
    numbers = sum(mention.kind != "article" for mention in reading.mentions)
    if numbers > MOST_NUMBERS:
        raise Invalid("claims-text-numbers", count=numbers, limit=MOST_NUMBERS)
    return _TextJudge(reading, PhraseReader(reading, words), sheets, reader or language).report(language, default)


class _TextJudge:
    """Judges one reading against all sheets, and decides whether it is about a published operation."""

    def __init__(
        self, reading: TextReading, phrases: PhraseReader, sheets: Sequence[PublishedFactSheet], reader: str
    ) -> None:
        self._r = reading
        self._sheets = sheets
        self._reader = reader
        self._trace = operation_traces(reading.tokens, reading.names)
        self._phrases = PlaceLinker(reading, phrases.counted, phrases.words).place(phrases.phrases())

    def report(self, language: str, default: str | None) -> ClaimsReport:
        """Return the claims; ``default`` is the code of the sheet meant where no operation is named."""
        reading = self._r
        fallback = None if self._trace == FOREIGN else default
        countries = frozenset(
            m.value for m in reading.mentions if m.kind == "count" and reading.tag(m.last, "nouns.country")
        )
        operation = operation_meant(self._sheets, reading.names, reading.dates, reading.mentions, fallback, countries)
        claims = self._claims(operation)
        names_ours = any(name.code != UNKNOWN_OPERATION for name in reading.names)
        apart = apart_from_names(reading)
        if (
            operation is not None
            and not names_ours
            and is_long_text(reading.tokens)
            and not self._has_evidence(claims, operation)
        ):
            # An operation without a name and without the numbers of ours is another's.
            operation = None
            claims = self._claims(None)
        elif operation is not None and not self._has_evidence(_within(claims, reading, apart), operation):
            # So is what a text tells that names ours in passing.
            claims = self._claims(operation, apart)
        code, titles = (operation.code, operation.titles) if operation else (None, {})
        remarks = forbidden_words(reading.folded.original, language, self._reader)
        return ClaimsReport(code, language, tuple(_without_overlaps(claims)), titles, remarks)

    def _claims(self, operation: PublishedFactSheet | None, apart: Set[int] = frozenset()) -> list[Claim]:
        """Return the claims of a text about ``operation``; the sentences ``apart`` are about other operations."""
        sentence_scopes = scopes(self._r, self._sheets, operation)
        scoped = [_FOREIGN_SCOPE if sentence in apart else scope for sentence, scope in enumerate(sentence_scopes)]
        timed = scoped if self._trace or _states_own_figure(self._r, operation) else _unsure(scoped)
        editions = EditionFinder(self._r, self._phrases, scoped, self._sheets)
        return [
            *DateClaimReader(self._r, self._phrases, timed, self._sheets, self._reader).claims(),
            *FigureJudge(self._r, self._phrases, scoped, editions, self._reader).claims(),
        ]

    def _has_evidence(self, claims: Sequence[Claim], operation: PublishedFactSheet) -> bool:
        """Tell whether ``claims`` that speak of figures show well enough that they are about ``operation``.

        More is needed where a claim is called wrong, where nobody names Interpol, and where others are named who
        run such operations.
        """
        weights: dict[tuple[str, object], int] = {}
        for claim in claims:
            if claim.figure is not None:
                key = (claim.figure, claim.right)
                weights[key] = max(weights.get(key, 0), _weight(claim, operation))
        wrong = any(claim.verdict == WRONG for claim in claims)
        least = _EVIDENCE if others_named(self._r.tokens) else _HINT
        if wrong:
            least = _EVIDENCE if self._trace else _PROOF
        return not weights or sum(weights.values()) >= least


def _states_own_figure(reading: TextReading, operation: PublishedFactSheet | None) -> bool:
    """Tell whether a text states one of the operation's own numbers exactly."""
    own = {figure.value for figure in operation.figures if figure.value and figure.value % 100} if operation else set()
    return any(mention.value in own and mention.value > COMMON_BELOW for mention in reading.mentions)


def _within(claims: Sequence[Claim], reading: TextReading, sentences: Set[int]) -> list[Claim]:
    """Return the claims that stand in ``sentences``."""
    starts = [reading.span(first, last)[0] for first, last in reading.sentences if first < last]
    numbers = [number for number, (first, last) in enumerate(reading.sentences) if first < last]
    return [c for c in claims if numbers[bisect_right(starts, c.start) - 1] in sentences]


def _weight(claim: Claim, operation: PublishedFactSheet) -> int:
    """Return how much a claim shows that the text is about ``operation``: most where its number is exact.

    A round or small number ("116 countries") fits many operations and shows little.
    """
    value, right = claim.value, claim.right
    if claim.figure == "window" and claim.verdict == CONFIRMED:
        return _PROOF
    if not isinstance(value, int | float) or not isinstance(right, int | float) or claim.figure == "duration":
        return 0
    if value >= _ROUND and value % 100 and value in {figure.value for figure in operation.figures}:
        return _PROOF
    if claim.verdict != WRONG and (value == right or (value < 1 and abs(value - right) <= _SAME_SHARE)):
        return _EVIDENCE if value > COMMON_BELOW and value % 100 else _HINT
    if value < _ROUND:
        return 0
    own = right in {figure.value for figure in operation.figures}
    amiss = claim.verdict == WRONG and own and (slipped(value, right) or value in (right * 10, right / 10))
    return _EVIDENCE if amiss else _HINT if abs(value - right) <= _NEAR * right else 0


def _unsure(scoped: Sequence[Scope]) -> list[Scope]:
    """Return scopes that call no date or length wrong: a long text without our names may be about anything."""
    return [replace(scope, sure=False) for scope in scoped]


def _without_overlaps(claims: Sequence[Claim]) -> list[Claim]:
    """Return ``claims`` in the text's order without overlaps: a claim on time comes before one on the bare number."""
    accepted: list[Claim] = []
    for _place, claim in sorted(enumerate(claims), key=lambda pair: (pair[1].start, pair[0])):
        if accepted and claim.start < accepted[-1].end:
            # Of two that overlap the one with a figure says more; a wrong number is never hidden by another.
            if accepted[-1].figure is None and (claim.figure is not None or claim.verdict == WRONG):
                accepted[-1] = claim
            continue
        accepted.append(claim)
    return accepted


def _refuse_unreadable(text: str) -> None:
    if not text.strip():
        raise Invalid("claims-text-empty")
    if len(text) > LONGEST_TEXT:
        raise Invalid("claims-text-too-long", length=len(text), limit=LONGEST_TEXT)
    strange = sum(text.count(sign) for sign in map(chr, (*range(9), *range(14, 32), 0xFFFD)))
    if strange > _BINARY_SHARE * len(text):
        raise Invalid("claims-text-binary")
