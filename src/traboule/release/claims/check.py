"""The claims check: any text against what was published.

In come a text and fact sheets; out goes a :class:`ClaimsReport`. It promises a verdict on every number, date and
"preliminary" of the text: confirmed, consistent, dropped_qualifier, wrong (with the right value) or not_ours; that it
needs no network, model or database; and that it never says wrong where the text may mean something else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from traboule.core.errors import Invalid
from traboule.figures.published import PublishedFactSheet
from traboule.release.claims.anchor import TELLING
from traboule.release.claims.editions import Editions
from traboule.release.claims.judge import CONFIRMED, WRONG, slipped
from traboule.release.claims.moments import MomentReader
from traboule.release.claims.reading.language import detect
from traboule.release.claims.reading.lexicon import LANGUAGES, lexicon
from traboule.release.claims.reading.operations import FOREIGN, OTHER, long, meant, others_named, traces
from traboule.release.claims.reading.phrase import PhraseReader
from traboule.release.claims.reading.signs import fold, tokens
from traboule.release.claims.reading.text import Reading, read
from traboule.release.claims.reading.whereabouts import Whereabouts
from traboule.release.claims.report import Claim, ClaimsReport
from traboule.release.claims.scope import Scope, scopes
from traboule.release.claims.weigh import Weigher

# Some thirty long articles; more is not one text, and a checker of press must not be a way to keep a machine busy.
LONGEST_TEXT = 300_000
# What the numbers of a text without a name tell of its being about ours; a round one must be within three of a hundred.
_HINTED, _TOLD, _BEYOND_DOUBT = 1, 2, 3
_ROUND, _NEAR = 1000, 0.03
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
    ``claims-text-too-long``, ``claims-text-binary``, ``claims-language-unknown``, ``claims-language-unsupported``.
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
    trace, rivals = traces(found, reading.names), others_named(found)
    fallback = None if trace == FOREIGN else default
    countries = frozenset(
        m.value for m in reading.mentions if m.kind == "count" and reading.tag(m.last, "nouns.country")
    )
    operation = meant(sheets, reading.names, reading.dates, reading.mentions, fallback, countries)
    phrase_reader = PhraseReader(reading, words)
    phrases = phrase_reader.phrases()
    Whereabouts(reading, phrase_reader.counted).add(phrases)
    speaks = reader or language

    def judged(meant_here: PublishedFactSheet | None) -> list[Claim]:
        scoped = scopes(reading, sheets, meant_here)
        timed = scoped if trace or _tells(reading, meant_here) else _unsure(scoped)
        return [
            *MomentReader(reading, phrases, timed, sheets, speaks).claims(),
            *Weigher(reading, phrases, scoped, Editions(reading, phrases, scoped, sheets), speaks).claims(),
        ]

    claims = judged(operation)
    named = any(name.code != OTHER for name in reading.names)
    if not named and operation is not None and long(found) and not _founded(claims, operation, trace, rivals):
        # An operation without a name and without the numbers of ours is another's.
        operation = None
        claims = judged(None)
    return _report(operation, language, claims)


def _report(operation: PublishedFactSheet | None, language: str, claims: Sequence[Claim]) -> ClaimsReport:
    code, titles = (operation.code, operation.titles) if operation else (None, {})
    return ClaimsReport(code, language, tuple(_apart(claims)), titles)


def _tells(reading: Reading, operation: PublishedFactSheet | None) -> bool:
    """Tell whether a text gives one of the operation's own numbers to the last digit."""
    own = {figure.value for figure in operation.figures if figure.value and figure.value % 100} if operation else set()
    return any(mention.value in own and mention.value > TELLING for mention in reading.mentions)


def _founded(claims: Sequence[Claim], operation: PublishedFactSheet, trace: str, rivals: bool) -> bool:
    """Tell whether the claims bear enough traces of ``operation`` for a text that names none to be about it.

    Enough is the more where a claim is called wrong, where nobody names Interpol, and where others (``rivals``) are
    named who run such operations.
    """
    weights: dict[tuple[str | None, object], int] = {}
    for claim in claims:
        key = (claim.figure, claim.right)
        weights[key] = max(weights.get(key, 0), _trace(claim, operation))
    wrong = any(claim.verdict == WRONG for claim in claims)
    least = (_TOLD if trace else _BEYOND_DOUBT) if wrong else _TOLD if rivals else _HINTED
    return sum(weights.values()) >= least


def _trace(claim: Claim, operation: PublishedFactSheet) -> int:
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
    if value == right and claim.verdict != WRONG:
        return _TOLD if value > TELLING and value % 100 else _HINTED
    if value < _ROUND:
        return 0
    amiss = claim.verdict == WRONG and (slipped(value, right) or value in (right * 10, right / 10))
    return _TOLD if amiss else _HINTED if abs(value - right) <= _NEAR * right else 0


def _unsure(scoped: Sequence[Scope]) -> list[Scope]:
    """Return scopes that call no date or length wrong: a long text that names nobody of ours may be about anything."""
    return [replace(scope, sure=False) for scope in scoped]


def _apart(claims: Sequence[Claim]) -> list[Claim]:
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
