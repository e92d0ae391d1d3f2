"""Turn days in words into digits: "the twenty-ninth of September", "vom vierten bis zum zehnten Oktober".

In: tokens and tags. Out: the tokens with each such day as one number, so that the reader of dates need not know.
Guaranteed: a word is a day only beside a month or another such day: "the second may have" is none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from traboule.factcheck.reading.lexicon import Lexicon, Tag
from traboule.factcheck.reading.markers import Token

_BETWEEN = 3
_BETWEEN_NAMES = frozenset({"linking", "date_words", "range_words.to", "range_words.and", "stops", "coordinators"})


def days_in_figures(tokens: Sequence[Token], tags: Sequence[tuple[Tag, ...]], words: Lexicon) -> list[Token]:
    """Return ``tokens`` with each day in words as one token of its digits, its span that of the words."""
    # The second word of "تشرين الأول" (October) is no day.
    months = {
        step
        for place, token_tags in enumerate(tags)
        for tag in token_tags
        if tag.name == "month"
        for step in range(place, place + tag.length)
    }
    days = {
        place: tag
        for place, token_tags in enumerate(tags)
        if place not in months
        and (tag := next((tag for tag in token_tags if tag.name == "day_name"), None)) is not None
    }
    day_tags: dict[int, Tag] = {}
    for place in sorted(days, reverse=True):
        after = place + days[place].length
        if _month(tokens, tags, place - 2, place, words) and _is(tags, place - 1, "date_words"):
            # "September the fourth": the article goes with the day.
            day_tags[place - 1] = replace(days[place], length=days[place].length + 1)
        elif _beside_month(tokens, tags, place, after, words) or _before_another(tags, after, day_tags, tokens):
            day_tags[place] = days[place]
    if not day_tags:
        return list(tokens)
    figured: list[Token] = []
    place = 0
    while place < len(tokens):
        tag = day_tags.get(place)
        if tag is None:
            figured.append(tokens[place])
            place += 1
            continue
        last = tokens[place + tag.length - 1]
        figured.append(replace(tokens[place], kind="number", text=str(tag.value), end=last.end, glued=False))
        place += tag.length
    return figured


def _beside_month(
    tokens: Sequence[Token], tags: Sequence[tuple[Tag, ...]], place: int, after: int, words: Lexicon
) -> bool:
    """Tell whether a month follows a day ("of" may stand between), or stands right before it."""
    linked = after < len(tokens) and _is(tags, after, "linking")
    return any(_month(tokens, tags, step, place, words) for step in (after + linked, place - 1))


def _month(tokens: Sequence[Token], tags: Sequence[tuple[Tag, ...]], step: int, neighbour: int, words: Lexicon) -> bool:
    """Tell whether a month stands at ``step``, in the sentence of ``beside``; "may" is none in small letters."""
    if not 0 <= step < len(tokens) or tokens[step].sentence != tokens[neighbour].sentence:
        return False
    return any(tag.name == "month" for tag in tags[step]) and (tokens[step].capital or not words.months_capital)


def _before_another(
    tags: Sequence[tuple[Tag, ...]], after: int, day_tags: dict[int, Tag], tokens: Sequence[Token]
) -> bool:
    """Tell whether another day follows, words such as "to the" between: the first of "from the tenth to the …"."""
    step = after
    while step < min(after + _BETWEEN, len(tokens)) and any(_is(tags, step, name) for name in _BETWEEN_NAMES):
        if step in day_tags:
            break
        step += 1
    figure = step < len(tokens) and tokens[step].text.isdecimal() and step + 1 < len(tokens)
    dated = figure and any(tag.name == "month" for tag in tags[step + 1])
    same = step < len(tokens) and tokens[step].sentence == tokens[after - 1].sentence
    return same and step > after and (step in day_tags or dated)


def _is(tags: Sequence[tuple[Tag, ...]], place: int, name: str) -> bool:
    return 0 <= place < len(tags) and any(tag.name == name and tag.length == 1 for tag in tags[place])
