"""Find the operations a text names, and the one it is about.

In: tokens, tags, dates and fact sheets. Out: the mentions of operations, and the sheet of the operation meant.
Guaranteed: "Liberterra II" is never taken for "Liberterra III"; a bare family name stands for every edition; an
operation without a sheet is another's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import groupby

from traboule.core.language.messages import catalogue
from traboule.factcheck.measures import PARTICIPANTS
from traboule.factcheck.reading.lexicon import PACKAGE, Lexicon, Tag
from traboule.factcheck.reading.markers import Token, fold_words
from traboule.factcheck.reading.numerals.dates import DateMention
from traboule.factcheck.reading.numerals.mention import Mention
from traboule.figures.published import PublishedFactSheet

FAMILY = "family"
UNKNOWN_OPERATION = "other"
_OPERATION = "operation"
HOME, FOREIGN = "home", "foreign"
# What a name, a date and a number say of which operation is meant.
# A text this long that bears no trace of any of ours may be about something else.
_LONG = 25
_NAME, _WINDOW, _DAY, _YEAR, _NUMBER, _ROUNDED = 12, 8, 3, 1, 3, 2
_LEAST_ROUND = 1000
# Letters that transliterations of one name differ in.
_VOWELS = frozenset("aeiouyاويىةأإآ\u0651")
_SHORTEST_NAME, _LIKE_NAME = 7, 0.85
# How far behind the word for operation its name may stand.
_NAME_REACH = 3
_EDITION_NUMBERS = frozenset({"i", "ii", "iii", "1", "2", "3", "الاولي", "الثانية", "الثالثة", "الاولى"})
_LATER = 0.45


@dataclass(frozen=True, slots=True)
class OperationMention:
    """An operation named at tokens ``[first, last)``: a sheet's code, FAMILY for a shared name, or OTHER."""

    first: int
    last: int
    code: str


def operation_mentions(
    tokens: Sequence[Token],
    tags: Sequence[tuple[Tag, ...]],
    sheets: Sequence[PublishedFactSheet],
    words: Lexicon,
) -> list[OperationMention]:
    """Return where operations are named, longest names first taken; other spellings of a name are that name."""
    tokens = _respelled(tokens, tags, sheets, words)
    phrases = [(fold_words(alias), sheet.code) for sheet in sheets for alias in sheet.aliases]
    phrases += [(fold_words(name), FAMILY) for sheet in sheets for name in sheet.family]
    phrases += [
        (fold_words(name), UNKNOWN_OPERATION) for name in catalogue(PACKAGE, "lexicons/operations.yaml")["names"]
    ]
    by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for phrase, code in sorted(set(phrases), key=lambda entry: (-len(entry[0]), entry)):
        by_first.setdefault(_without_prefix(phrase[0], words), []).append((phrase, code))
    mentions: list[OperationMention] = []
    place = 0
    while place < len(tokens):
        hit = next(
            (
                (phrase, code)
                for phrase, code in by_first.get(_without_prefix(tokens[place].text, words), ())
                if _stands(phrase, tokens, place, words)
            ),
            None,
        )
        if hit is None:
            place += 1
            continue
        mentions.append(OperationMention(place, place + len(hit[0]), hit[1]))
        place += len(hit[0])
    mentions = _editions(mentions, tokens, tags, sheets)
    taken = {index for name in mentions for index in range(name.first, name.last)}
    mentions += [name for name in _unknown_operations(tokens, tags, words) if name.first not in taken]
    return sorted(mentions, key=lambda name: name.first)


def _respelled(
    tokens: Sequence[Token], tags: Sequence[tuple[Tag, ...]], sheets: Sequence[PublishedFactSheet], words: Lexicon
) -> list[Token]:
    """Return ``tokens`` with a family's name in its first spelling of the same script wherever it is written otherwise:
    "Libertierra III", "ليبيرتييرا الثالثة"."""
    spellings = [word for sheet in sheets for name in sheet.family for word in fold_words(name)]
    first: dict[str, str] = {}
    for spelling in spellings:
        first.setdefault(_consonants(spelling), spelling)
    exact = set(spellings)
    respelled = list(tokens)
    for place, token in enumerate(tokens):
        if token.kind != "word" or len(token.text) < _SHORTEST_NAME:
            continue
        forms = (token.text, *(token.text.removeprefix(prefix) for prefix in words.prefixes))
        form = next((form for form in forms if _is_spelling(form, first.get(_consonants(form), ""))), None)
        if form is not None and (form in exact or _stands_as_name(tokens, tags, place)):
            respelled[place] = replace(token, text=first[_consonants(form)])
    return respelled


def _is_spelling(word: str, name: str) -> bool:
    """Tell whether a word whose consonants are those of a name is nearly it in its other letters too."""
    return len(word) >= _SHORTEST_NAME and SequenceMatcher(None, word, name).ratio() >= _LIKE_NAME


def _stands_as_name(tokens: Sequence[Token], tags: Sequence[tuple[Tag, ...]], place: int) -> bool:
    """Tell whether a word stands behind the word for operation, or before the number of an edition."""
    before = range(max(place - _NAME_REACH, 0), place)
    if any(tag.name == "nouns.operation" for step in before for tag in tags[step]):
        return True
    edition = tokens[place + 1] if place + 1 < len(tokens) else None
    numbered = edition is not None and edition.sentence == tokens[place].sentence and edition.text in _EDITION_NUMBERS
    return numbered and (tokens[place].capital or not tokens[place].text.isascii())


def _consonants(word: str) -> str:
    """Return the letters of a name that all its spellings share: its consonants, each once in a row."""
    bare = [letter for letter in word if letter not in _VOWELS]
    return "".join(letter for letter, _run in groupby(bare))


def operation_traces(tokens: Sequence[Token], names: Sequence[OperationMention]) -> str:
    """Return what shows that a text may be about a published operation that it does not name.

    HOME where it names the host or one of ours, or is too short to; FOREIGN where it names another's host instead;
    "" where nothing shows.
    """
    content = catalogue(PACKAGE, "lexicons/operations.yaml")
    words = [token.text for token in tokens if token.kind == "word"]

    def names_host(hosts: Sequence[str]) -> bool:
        return any(is_host(word, hosts) for word in words)

    if names_host(content["hosts"]) or any(name.code != UNKNOWN_OPERATION for name in names):
        return HOME
    if names_host(content["other_hosts"]):
        return FOREIGN
    return HOME if not is_long_text(tokens) else ""


def others_named(tokens: Sequence[Token]) -> bool:
    """Tell whether a text names another body that runs such operations."""
    hosts = catalogue(PACKAGE, "lexicons/operations.yaml")["other_hosts"]
    return any(is_host(token.text, hosts) for token in tokens if token.kind == "word")


def hosts() -> tuple[str, ...]:
    """Return the folded names of the bodies that run our operations."""
    return tuple(catalogue(PACKAGE, "lexicons/operations.yaml")["hosts"])


def is_host(word: str, hosts: Sequence[str]) -> bool:
    """Tell whether a folded word is one of ``hosts``; in Arabic particles are written onto it."""
    return any(word == host or (not host.isascii() and word.endswith(host)) for host in hosts)


def is_long_text(tokens: Sequence[Token]) -> bool:
    """Tell whether a text is long enough to name what it is about."""
    return sum(token.kind == "word" for token in tokens) >= _LONG


def _near(value: float, right: int) -> bool:
    """Tell whether ``value`` is ``right`` rounded to hundreds or thousands: 3,700 of 3,744, and of no other edition."""
    return value >= _LEAST_ROUND and value % 100 == 0 and abs(value - right) < min(0.03 * right, 1000)


def _editions(
    mentions: list[OperationMention],
    tokens: Sequence[Token],
    tags: Sequence[tuple[Tag, ...]],
    sheets: Sequence[PublishedFactSheet],
) -> list[OperationMention]:
    """Add "the third edition" where a family is named; the family's sheets in the order of their operations."""
    families = [sheet for sheet in sorted(sheets, key=lambda sheet: sheet.start) if sheet.family]
    if not families or all(name.code == UNKNOWN_OPERATION for name in mentions):
        return mentions
    editions: list[OperationMention] = []
    spoken = {
        tokens[place].sentence
        for place, token_tags in enumerate(tags)
        if any(tag.name == "edition" for tag in token_tags)
    }
    for place, token_tags in enumerate(tags):
        tag = next((tag for tag in token_tags if tag.name == "edition"), None)
        if tag is None and tokens[place].sentence in spoken:
            tag = _bare_edition(tokens, tags, place)
        if tag is not None and (not editions or editions[-1].last <= place):
            code = families[tag.value - 1].code if tag.value <= len(families) else UNKNOWN_OPERATION
            editions.append(OperationMention(place, place + tag.length, code))
    covered = {index for name in editions for index in range(name.first, name.last)}
    return [*(name for name in mentions if name.first not in covered), *editions]


def _bare_edition(tokens: Sequence[Token], tags: Sequence[tuple[Tag, ...]], place: int) -> Tag | None:
    """Return the tag of "the third" at ``place``, where nothing it could count follows: "… and 4,414 in the third."."""
    tag = next((tag for tag in tags[place] if tag.name == "edition_bare"), None)
    after = place + (tag.length if tag else 0)
    if tag is None or after >= len(tokens) or tokens[after].sentence != tokens[place].sentence:
        return tag
    names = {following.name.partition(".")[0] for following in tags[after]}
    closed = tokens[after].kind != "word" or names & {
        "stops",
        "coordinators",
        "auxiliaries",
        "range_words",
        "approximators",
    }
    return tag if closed and tokens[after].text != "(" else None


def operation_meant(
    sheets: Sequence[PublishedFactSheet],
    names: Sequence[OperationMention],
    dates: Sequence[DateMention],
    mentions: Sequence[Mention],
    default: str | None,
    countries: frozenset[float] = frozenset(),
) -> PublishedFactSheet | None:
    """Return the sheet the text is about: by name, then window, days and numbers; otherwise the default; else None.

    ``countries`` are the numbers of countries that the text states. A text that names only unknown operations is about
    none of ours, unless its window matches one.
    """
    evidence = {sheet.code: _evidence(sheet, dates, mentions, countries) for sheet in sheets}
    named_often = {sheet.code: sum(name.code == sheet.code for name in names) for sheet in sheets}
    often = max(named_often.values(), default=0)
    scores = {code: evidence[code] + _NAME * (count > 0) + count for code, count in named_often.items()}
    best = max(scores.values(), default=0)
    likely = [
        sheet
        for sheet in sheets
        if scores[sheet.code] > max(best * _LATER, 2 * _NUMBER)
        and (evidence[sheet.code] or named_often[sheet.code] == often)
    ]
    if len(likely) > 1:
        # Of two editions that leave much of themselves in a text, the later is what it is about, and the earlier what
        # it compares with: no text can speak of what is yet to come.
        return max(likely, key=lambda sheet: sheet.start)
    codes = {name.code for name in names}
    if UNKNOWN_OPERATION in codes and not codes - {UNKNOWN_OPERATION} and best < _WINDOW:
        return None
    # A year alone tells which edition of a named family is meant, and nothing of a text that names none.
    if best > (_YEAR if default or FAMILY not in codes else 0):
        first = [sheet for sheet in sheets if scores[sheet.code] == best]
        chosen = next((sheet for sheet in first if sheet.code == default and best < _NUMBER), None)
        return chosen or max(first, key=lambda sheet: sheet.start)
    fallback = next((sheet for sheet in sheets if sheet.code == default), None)
    if fallback is None and FAMILY in codes:
        return max(sheets, key=lambda sheet: sheet.start, default=None)
    return fallback


def _evidence(
    sheet: PublishedFactSheet, dates: Sequence[DateMention], mentions: Sequence[Mention], countries: frozenset[float]
) -> int:
    """Return how much a text's dates and numbers support ``sheet``, apart from its name."""
    score = sum(_date_score(sheet, date) for date in dates)
    values = {figure.value for figure in sheet.figures if figure.value and figure.value % 100}
    counts = {mention.value for mention in mentions if mention.kind == "count"}
    # A text that names no operation may round every figure: "3,700 arrests", "4,400 victims".
    score += _ROUNDED * sum(any(_near(value, right) for value in counts) for right in values - counts)
    took_part = sheet.figure(PARTICIPANTS)
    score += _NUMBER * (took_part is not None and took_part.value in countries)
    # A year is no evidence that a figure of the same size is meant; small numbers stand in every text.
    score += _NUMBER * sum(value in counts and value > 200 for value in values)
    score += _YEAR * any(mention.value == sheet.start.year and mention.kind == "count" for mention in mentions)
    return score


def _date_score(sheet: PublishedFactSheet, date: DateMention) -> int:
    start, end, day = sheet.start, sheet.end, date.day
    if day.year not in (None, start.year) and (sheet.published is None or day.year != sheet.published.year):
        return 0
    if date.until is not None:
        same = (day.month, day.day) == (start.month, start.day) and (date.until.month, date.until.day) == (
            end.month,
            end.day,
        )
        return _WINDOW * same
    days = [moment for moment in (start, end, sheet.published) if moment is not None]
    return _DAY * any((day.month, day.day) == (moment.month, moment.day) for moment in days)


def _unknown_operations(
    tokens: Sequence[Token], tags: Sequence[tuple[Tag, ...]], words: Lexicon
) -> list[OperationMention]:
    """Find "Operation Sentinel": a capitalised name after the word for operation, no country, none of ours."""
    not_names = frozenset(catalogue(PACKAGE, "lexicons/operations.yaml")["not_names"])
    mentions = []
    for place in range(len(tokens) - 1):
        if not any(tag.name == "nouns.operation" and tag.length == 1 for tag in tags[place]):
            continue
        after = tokens[place + 1]
        is_no_name = any(tag.name in ("place", "people", "month", "stops", "linking") for tag in tags[place + 1])
        if words.nouns_capital and not tokens[place].text.startswith(_OPERATION):
            # Where every noun is written so ("bei dem Einsatz Anfang Oktober") only "Operation" itself takes a name.
            continue
        if after.kind != "word" or not after.capital or after.sentence != tokens[place].sentence or is_no_name:
            continue
        if after.text not in not_names and len(after.text) > 2:
            mentions.append(OperationMention(place + 1, place + 2, UNKNOWN_OPERATION))
    return mentions


def _stands(phrase: tuple[str, ...], tokens: Sequence[Token], place: int, words: Lexicon) -> bool:
    if place + len(phrase) > len(tokens):
        return False
    following = tokens[place : place + len(phrase)]
    return all(
        _without_prefix(token.text, words) == _without_prefix(word, words)
        for token, word in zip(following, phrase, strict=True)
    )


def _without_prefix(word: str, words: Lexicon) -> str:
    """Cut Arabic prefixes off a name, so that "و", "ب" or "ال" written onto it do not hide it."""
    if not words.prefixes:
        return word
    cut = next((p for p in words.prefixes if word.startswith(p) and len(word) - len(p) >= 4), "")
    return word[len(cut) :] if cut else word
