"""The claims check: any text against what was published.

In come a text and fact sheets; out goes a :class:`ClaimsReport`. It promises a verdict on every number, date and
"preliminary" of the text: confirmed, consistent, dropped_qualifier, wrong (with the right value) or not_ours; that it
needs no network, model or database; and that it never says wrong where the text may mean something else.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence, Set
from dataclasses import replace

from traboule.core.errors import Invalid
from traboule.factcheck.candidates import TELLING
from traboule.factcheck.dates import MomentReader
from traboule.factcheck.judge import CONFIRMED, WRONG, slipped
from traboule.factcheck.reading.blocks import apart_from_names
from traboule.factcheck.reading.language import detect
from traboule.factcheck.reading.lexicon import LANGUAGES, lexicon
from traboule.factcheck.reading.markers import fold, tokens
from traboule.factcheck.reading.operations import FOREIGN, OTHER, long, meant, others_named, traces
from traboule.factcheck.reading.phrase import PhraseReader
from traboule.factcheck.reading.text import Reading, read
from traboule.factcheck.reading.whereabouts import Whereabouts
from traboule.factcheck.remarks import forbidden_words
from traboule.factcheck.report import Claim, ClaimsReport
from traboule.factcheck.scope import Scope, scopes
from traboule.factcheck.sources import Editions
from traboule.factcheck.verdict import Weigher
from traboule.figures.published import PublishedFactSheet

# Some thirty long articles; more is not one text, and a checker of press must not be a way to keep a machine busy.
LONGEST_TEXT = 300_000
# Twice the numbers of so long a text that is nothing but press; each costs time.
MOST_NUMBERS = 12_000
# What the numbers of a text without a name tell of its being about ours; a round one must be within three of a hundred.
_HINTED, _TOLD, _BEYOND_DOUBT = 1, 2, 3
_ROUND, _NEAR, _SAME_SHARE = 1000, 0.03, 0.006
# The scope of a sentence that is about nothing of ours.
_NOBODYS = Scope((), sure=False, foreign=True)
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

    ``language`` is the text's (found out where None), ``default`` the code of the sheet meant where the text names no
    operation, ``reader`` the language of the reasons (the text's where None). Raises Invalid: ``claims-text-empty``,
    ``claims-text-too-long``, ``claims-text-numbers``, ``claims-text-binary``, ``claims-language-unknown``,
    ``claims-language-unsupported``.
    """
    _refuse_unreadable(text)
    if language is not None and language not in LANGUAGES:
        raise Invalid("claims-language-unsupported", language=language, known=", ".join(LANGUAGES))
    folded = fold(text)
    found = tokens(folded)
    language = language or detect(found)
    words = lexicon(language)
    if words.ordinal_dot:
        found = tokens(folded, ordinal_dot=True)
    reading = read(folded, found, words, sheets)
    numbers = sum(mention.kind != "article" for mention in reading.mentions)
    if numbers > MOST_NUMBERS:
        raise Invalid("claims-text-numbers", count=numbers, limit=MOST_NUMBERS)
    return _Judge(reading, PhraseReader(reading, words), sheets, reader or language).report(language, default)


class _Judge:
    """Judges one reading against all sheets, and finds out whether what it tells is told of an operation of ours."""

    def __init__(
        self, reading: Reading, phrases: PhraseReader, sheets: Sequence[PublishedFactSheet], reader: str
    ) -> None:
        self._r = reading
        self._sheets = sheets
        self._reader = reader
        self._trace = traces(reading.tokens, reading.names)
        self._phrases = phrases.phrases()
        Whereabouts(reading, phrases.counted, phrases.words).add(self._phrases)

    def report(self, language: str, default: str | None) -> ClaimsReport:
        """Return the claims; ``default`` is the code of the sheet meant where no operation is named."""
        reading = self._r
        fallback = None if self._trace == FOREIGN else default
        countries = frozenset(
            m.value for m in reading.mentions if m.kind == "count" and reading.tag(m.last, "nouns.country")
        )
        operation = meant(self._sheets, reading.names, reading.dates, reading.mentions, fallback, countries)
        claims = self._claims(operation)
        named = any(name.code != OTHER for name in reading.names)
        apart = apart_from_names(reading)
        if operation is not None and not named and long(reading.tokens) and not self._founded(claims, operation):
            # An operation without a name and without the numbers of ours is another's.
            operation = None
            claims = self._claims(None)
        elif operation is not None and not self._founded(_within(claims, reading, apart), operation):
            # So is what a text tells that names ours in passing.
            claims = self._claims(operation, apart)
        code, titles = (operation.code, operation.titles) if operation else (None, {})
        remarks = forbidden_words(reading.folded.original, language, self._reader)
        return ClaimsReport(code, language, tuple(_one_a_place(claims)), titles, remarks)

    def _claims(self, operation: PublishedFactSheet | None, apart: Set[int] = frozenset()) -> list[Claim]:
        """Return the claims of a text about ``operation``; the sentences ``apart`` are about nothing of ours."""
        told = scopes(self._r, self._sheets, operation)
        scoped = [_NOBODYS if sentence in apart else scope for sentence, scope in enumerate(told)]
        timed = scoped if self._trace or _tells(self._r, operation) else _unsure(scoped)
        editions = Editions(self._r, self._phrases, scoped, self._sheets)
        return [
            *MomentReader(self._r, self._phrases, timed, self._sheets, self._reader).claims(),
            *Weigher(self._r, self._phrases, scoped, editions, self._reader).claims(),
        ]

    def _founded(self, claims: Sequence[Claim], operation: PublishedFactSheet) -> bool:
        """Tell whether ``claims``, where they speak of figures at all, bear enough traces to be about ``operation``.

        Enough is the more where a claim is called wrong, where nobody names Interpol, and where others are named who
        run such operations.
        """
        weights: dict[tuple[str, object], int] = {}
        for claim in claims:
            if claim.figure is not None:
                key = (claim.figure, claim.right)
                weights[key] = max(weights.get(key, 0), _weight(claim, operation))
        wrong = any(claim.verdict == WRONG for claim in claims)
        least = _TOLD if others_named(self._r.tokens) else _HINTED
        if wrong:
            least = _TOLD if self._trace else _BEYOND_DOUBT
        return not weights or sum(weights.values()) >= least


def _tells(reading: Reading, operation: PublishedFactSheet | None) -> bool:
    """Tell whether a text gives one of the operation's own numbers to the last digit."""
    own = {figure.value for figure in operation.figures if figure.value and figure.value % 100} if operation else set()
    return any(mention.value in own and mention.value > TELLING for mention in reading.mentions)


def _within(claims: Sequence[Claim], reading: Reading, sentences: Set[int]) -> list[Claim]:
    """Return the claims that stand in ``sentences``."""
    starts = [reading.span(first, last)[0] for first, last in reading.sentences if first < last]
    numbers = [number for number, (first, last) in enumerate(reading.sentences) if first < last]
    return [c for c in claims if numbers[bisect_right(starts, c.start) - 1] in sentences]


def _weight(claim: Claim, operation: PublishedFactSheet) -> int:
    """Return what a claim tells of the text's being about ``operation``: most where its number is one to the digit.

    A round number or a small one ("116 countries") is many an operation's, and tells little.
    """
    value, right = claim.value, claim.right
    if claim.figure == "window" and claim.verdict == CONFIRMED:
        return _BEYOND_DOUBT
    if not isinstance(value, int | float) or not isinstance(right, int | float) or claim.figure == "duration":
        return 0
    if value >= _ROUND and value % 100 and value in {figure.value for figure in operation.figures}:
        return _BEYOND_DOUBT
    if claim.verdict != WRONG and (value == right or (value < 1 and abs(value - right) <= _SAME_SHARE)):
        return _TOLD if value > TELLING and value % 100 else _HINTED
    if value < _ROUND:
        return 0
    own = right in {figure.value for figure in operation.figures}
    amiss = claim.verdict == WRONG and own and (slipped(value, right) or value in (right * 10, right / 10))
    return _TOLD if amiss else _HINTED if abs(value - right) <= _NEAR * right else 0


def _unsure(scoped: Sequence[Scope]) -> list[Scope]:
    """Return scopes that call no date or length wrong: a long text that names nobody of ours may be about anything."""
    return [replace(scope, sure=False) for scope in scoped]


def _one_a_place(claims: Sequence[Claim]) -> list[Claim]:
    """Return ``claims`` in the text's order, one a place: what was found about time comes before the bare number."""
    kept: list[Claim] = []
    for claim in sorted(enumerate(claims), key=lambda pair: (pair[1].start, pair[0])):
        one = claim[1]
        if kept and one.start < kept[-1].end:
            # Of two that overlap the one with a figure says more; a wrong number is never hidden by another.
            if kept[-1].figure is None and (one.figure is not None or one.verdict == WRONG):
                kept[-1] = one
            continue
        kept.append(one)
    return kept


def _refuse_unreadable(text: str) -> None:
    if not text.strip():
        raise Invalid("claims-text-empty")
    if len(text) > LONGEST_TEXT:
        raise Invalid("claims-text-too-long", length=len(text), limit=LONGEST_TEXT)
    strange = sum(text.count(sign) for sign in map(chr, (*range(9), *range(14, 32), 0xFFFD)))
    if strange > _BINARY_SHARE * len(text):
        raise Invalid("claims-text-binary")
