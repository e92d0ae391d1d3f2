"""Read a text once: its tokens, tags, dates, numbers and the operations it names.

In: the text and its language. Out: a :class:`TextReading` that every later step shares. Guaranteed: no token is read
twice; a day of a date is no count, the 2 of "Liberterra 2" no number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from traboule.core.language.messages import catalogue
from traboule.factcheck.reading.lexicon import ASIDES, PACKAGE, Lexicon, Tag
from traboule.factcheck.reading.markers import DASHES, Folded, Token
from traboule.factcheck.reading.numerals.dates import DateMention, DateReader
from traboule.factcheck.reading.numerals.kinds import KindReader, phone_numbers
from traboule.factcheck.reading.numerals.mention import Mention
from traboule.factcheck.reading.numerals.mentions import NumberReader
from traboule.factcheck.reading.numerals.spoken_days import days_in_figures
from traboule.factcheck.reading.operations import OperationMention, operation_mentions
from traboule.figures.published import PublishedFactSheet

# People without a role: what was done with them says which figure they belong to.
PEOPLE = frozenset({"person", "suspect", "minor", "woman", "man", "adult"})
SUBSETS = frozenset({"minor", "woman", "man", "adult"})
TIMES = frozenset({"day", "week", "month", "year"})
_SEAT_DISTANCE = 4
_DATELINE = 4
_COAST_REACH = 6


@dataclass(frozen=True, slots=True)
class PlaceMention:
    """A country named, or its people: where, which (ISO 3166-1), and whether as a goal or origin ("to", "from")."""

    first: int
    last: int
    code: str
    people: bool
    towards: bool


@dataclass(frozen=True, slots=True)
class TextReading:
    """Everything read from one text.

    ``index`` holds the tags of each token by name, ``asides`` those that only :meth:`tag` looks up; ``kinds`` tells
    beside each mention what it is when it is no figure, ``tag_names`` the names of each sentence's tags, ``events`` the
    sentences that speak of what takes days of its own: a workshop, a trial, a phase.
    """

    folded: Folded
    tokens: Sequence[Token]
    index: Sequence[Mapping[str, Tag]]
    asides: Sequence[Mapping[str, Tag]]
    dates: Sequence[DateMention]
    mentions: Sequence[Mention]
    kinds: Sequence[str]
    names: Sequence[OperationMention]
    places: Sequence[PlaceMention]
    sentences: Sequence[tuple[int, int]]
    tag_names: Sequence[Set[str]]
    events: Set[int]

    def has_tag(self, first: int, last: int, *names: str) -> bool:
        """Tell whether a word tagged with one of ``names`` stands in the sentences numbered ``first`` to ``last``."""
        return any(name in self.tag_names[number] for number in range(max(first, 0), last + 1) for name in names)

    def tag(self, place: int, name: str) -> Tag | None:
        """Return the longest tag at ``place`` whose name is ``name`` or begins with ``name`` and a dot."""
        if not 0 <= place < len(self.index):
            return None
        return self.index[place].get(name) or self.asides[place].get(name)

    def text(self, place: int) -> str:
        """Return the folded text of the token at ``place``, empty outside the text."""
        return self.tokens[place].text if 0 <= place < len(self.tokens) else ""

    def between(self, before: int, after: int) -> str:
        """Return the folded text between two tokens: the signs that end a sentence are no tokens."""
        return self.folded.text[self.tokens[before].end : self.tokens[after].start]

    def sentence(self, place: int) -> tuple[int, int]:
        """Return the tokens ``[first, last)`` of the sentence that holds ``place``."""
        return self.sentences[self.tokens[place].sentence]

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Return the span in the original text of tokens ``[first, last)``."""
        return self.folded.span(self.tokens[first].start, self.tokens[last - 1].end)


def read(folded: Folded, tokens: Sequence[Token], words: Lexicon, sheets: Sequence[PublishedFactSheet]) -> TextReading:
    """Return the reading of ``tokens`` with the lexicon ``words``."""
    tags, asides = _split(words.tags(tokens))
    figured = days_in_figures(tokens, tags, words)
    if figured != list(tokens):
        tokens = figured
        tags, asides = _split(words.tags(figured))
    names = operation_mentions(tokens, tags, sheets, words)
    named_at = frozenset(place for name in names for place in range(name.first, name.last))
    dates = DateReader(folded, tokens, tags, named_at).mentions()
    dated = {place for date in dates for place in range(date.first, date.last)}
    phones = [phone for phone in phone_numbers(folded, tokens) if phone.first not in dated]
    spans = [(span.first, span.last) for span in names]
    spans += [(span.first, span.last) for span in dates]
    spans += [(span.first, span.last) for span in phones]
    taken = {index for first, last in spans for index in range(first, last)}
    reader = NumberReader(folded, tokens, tags, words)
    mentions = sorted([*reader.mentions(frozenset(taken)), *phones], key=lambda mention: mention.first)
    kinds = KindReader(folded, reader, tokens, tags)
    index, sentences = _index(tags), _sentences(tokens)
    return TextReading(
        folded=folded,
        tokens=tokens,
        index=index,
        asides=_index(asides),
        dates=dates,
        mentions=mentions,
        kinds=[kinds.kind(mention) for mention in mentions],
        names=names,
        places=_places(tokens, tags, named_at, adjective_follows=words.adjective_follows),
        sentences=sentences,
        tag_names=[frozenset(name for place in range(*span) for name in index[place]) for span in sentences],
        events=frozenset(token.sentence for token in tokens if token.kind == "word" and words.takes_days(token.text)),
    )


def _split(
    tags: Sequence[tuple[Tag, ...]],
) -> tuple[list[tuple[Tag, ...]], list[tuple[Tag, ...]]]:
    """Return the common tags of each token, and those that only :meth:`TextReading.tag` looks up."""
    common = [tuple(tag for tag in token_tags if tag.name not in ASIDES) for token_tags in tags]
    return common, [tuple(tag for tag in token_tags if tag.name in ASIDES) for token_tags in tags]


def _index(tags: Sequence[tuple[Tag, ...]]) -> list[Mapping[str, Tag]]:
    """Return, for each token, its longest tag by full name and by section."""
    nothing: dict[str, Tag] = {}
    indexes: list[Mapping[str, Tag]] = []
    for token_tags in tags:
        by_name = nothing if not token_tags else {}
        for tag in token_tags:
            by_name.setdefault(tag.name, tag)
            by_name.setdefault(tag.name.partition(".")[0], tag)
        indexes.append(by_name)
    return indexes


def _sentences(tokens: Sequence[Token]) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    for index, token in enumerate(tokens):
        while len(spans) <= token.sentence:
            spans.append((index, index))
        spans[token.sentence] = (spans[token.sentence][0], index + 1)
    return spans


def _places(
    tokens: Sequence[Token], tags: Sequence[tuple[Tag, ...]], named_at: Set[int], *, adjective_follows: bool
) -> list[PlaceMention]:
    seats = {word for words in catalogue(PACKAGE, "lexicons/operations.yaml")["seats"].values() for word in words}
    seat_at = [index for index, token in enumerate(tokens) if token.text in seats]
    places: list[PlaceMention] = []
    place = 0
    while place < len(tokens):
        tag = next((t for t in tags[place] if t.name in ("place", "people")), None)
        if tag is None or place in named_at:
            # "ليبيرتيرا" begins like Libya and is an operation.
            place += 1
            continue
        beside_seat = _in_dateline(tokens, tags, place) or any(
            -_SEAT_DISTANCE < index - place < _SEAT_DISTANCE for index in seat_at
        )
        if not beside_seat:
            towards = place > 0 and any(t.name == "towards" for t in tags[place - 1])
            towards = towards or (
                place > 1
                and any(t.name == "towards" and t.length < 3 for t in tags[place - 2])
                and len(tokens[place - 1].text) < 4
            )
            towards = (towards and not _off_coast(tags, place)) or any(
                t.name == "origins" for step in (1, 2, 3) if place >= step for t in tags[place - step]
            )
            towards = towards or (tag.name == "place" and _of_people(tags, place))
            people = tag.name == "people" and not _stands_for_its_country(tags, place, place + tag.length)
            people = people and not (adjective_follows and _describes(tags, place))
            places.append(
                PlaceMention(
                    place, place + tag.length, str(tag.value), people, towards and people == (tag.name == "people")
                )
            )
        place += tag.length
    return places


_HAILING = frozenset({"nouns.person", "nouns.woman", "nouns.man", "nouns.minor", "nouns.adult", "nouns.migrant"})
_PERSONS = frozenset(
    {"nouns.person", "nouns.woman", "nouns.man", "nouns.minor", "nouns.adult", "nouns.victim", "nouns.migrant"}
    | {"nouns.suspect", "coordinators", "people"}
)


def _of_people(tags: Sequence[tuple[Tag, ...]], place: int) -> bool:
    """Tell whether a country is where people come from, not where they were: "ressortissantes du Togo"."""
    if place < 2 or not any(tag.name == "linking" and tag.length == 1 for tag in tags[place - 1]):
        return False
    return any(tag.name in _HAILING for tag in tags[place - 2])


def _off_coast(tags: Sequence[tuple[Tag, ...]], place: int) -> bool:
    """Tell whether people were stopped off a country's coast: the "a" of "frente a Túnez" leads nowhere."""
    before = range(max(place - _COAST_REACH, 0), place)
    return any(t.name == "coasts" and step + t.length in (place, place - 1) for step in before for t in tags[step])


def _in_dateline(tokens: Sequence[Token], tags: Sequence[tuple[Tag, ...]], place: int) -> bool:
    """Tell whether a country stands in a dateline: "LAGOS, Nigeria — ", "LYON, France, Nov 6 (Agency) - "."""
    first = place
    while first > 0 and tokens[first - 1].paragraph == tokens[place].paragraph:
        first -= 1
        # A script without capitals tells names by nothing but the want of other words.
        names = {tag.name.partition(".")[0] for tag in tags[first]}
        small = tokens[first].kind == "word" and not tokens[first].capital and tokens[first].text.isascii()
        if place - first > _DATELINE or (small and "linking" not in names):
            return False
        if names & {"stops", "verbs", "auxiliaries", "nouns"}:
            return False
    after = range(place + 1, min(place + 1 + 2 * _DATELINE, len(tokens)))
    dash = next((step for step in after if tokens[step].text in DASHES), None)
    if dash is None or tokens[dash].sentence - tokens[place].sentence > 1:
        return False
    # "• Argentina – 59 victims" is a list's item, "LUXEMBOURG (AP) - " no such thing.
    item = first == place or (place - first == 1 and tokens[first].kind == "sign")
    bracket = next((step for step in range(place + 1, dash) if tokens[step].text == "("), dash)
    agency = bracket < dash and all(tokens[step].kind != "number" for step in range(bracket, dash))
    return agency or not item


def _describes(tags: Sequence[tuple[Tag, ...]], place: int) -> bool:
    """Tell whether a people's name describes the thing before it: "en plantaciones argentinas"."""
    if place < 2 or any(tag.name not in ("nouns.other", "nouns.operation") for tag in tags[place - 1]):
        return False
    return any(tag.name in ("stops", "linking") and tag.length == 1 for tag in tags[place - 2])


def _stands_for_its_country(tags: Sequence[tuple[Tag, ...]], first: int, last: int) -> bool:
    """Tell whether a people's name is the adjective of a place: "in a Philippine warehouse", "Turkish police"."""
    neighbours = [tag.name for place in (first - 1, last) if 0 <= place < len(tags) for tag in tags[place]]
    if "authorities" in neighbours:
        return True
    if last >= len(tags) or any(tag.name in _PERSONS for tag in tags[last]):
        return False
    if any(tag.name in ("stops", "auxiliaries", "part.before") for tag in tags[last]):
        return False
    before = [tag.name for place in (first - 1, first - 2) if place >= 0 for tag in tags[place] if tag.length < 3]
    return "stops" in before and "nouns.person" not in before
