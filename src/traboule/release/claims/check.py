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
from traboule.release.claims.reading.operations import FOREIGN, OTHER, long, meant, traces
from traboule.release.claims.reading.phrase import PhraseReader
from traboule.release.claims.reading.signs import fold, tokens
from traboule.release.claims.reading.text import Reading, read
from traboule.release.claims.reading.whereabouts import Whereabouts
from traboule.release.claims.report import Claim, ClaimsReport
from traboule.release.claims.scope import Scope, scopes
from traboule.release.claims.weigh import Weigher

# Some thirty long articles; more is not one text, and a checker of press must not be a way to keep a machine busy.
LONGEST_TEXT = 300_000
# What shows that a text without a name is about an operation of ours: a published number of more than a few, or one
# rounded to within three of a hundred.
_SMALLEST, _ROUND, _NEAR = 40, 1000, 0.03
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
    trace = traces(found, reading.names)
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
    if not named and long(found) and _unfounded(claims):
        # An operation without a name and without one number of ours is another's.
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


def _unfounded(claims: Sequence[Claim]) -> bool:
    """Tell whether claims are called wrong though none bears a trace of what was published: another operation's."""
    return any(claim.verdict == WRONG for claim in claims) and not any(_traced(claim) for claim in claims)


def _traced(claim: Claim) -> bool:
    """Tell whether a claim is a published number, near it, or one of its digits amiss; small numbers tell nothing."""
    value, right = claim.value, claim.right
    if claim.figure == "window" and claim.verdict == CONFIRMED:
        return True
    if not isinstance(value, int | float) or not isinstance(right, int | float) or value < _SMALLEST:
        return False
    near = value >= _ROUND and abs(value - right) <= _NEAR * right
    amiss = claim.verdict == WRONG and (slipped(value, right) or value in (right * 10, right / 10))
    return value == right or near or amiss


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
