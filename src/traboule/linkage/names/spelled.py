"""Very many names as tokens at once: each distinct text cleaned once, each distinct word read once.

In come distinct texts and pairs of them, family and given; out go the tokens of each pair, which are those that
:func:`~traboule.linkage.names.tokens.words` gives. It promises: pure; memory grows with the distinct texts and pairs.
Names with an article apart or syllables to be joined are few, and are read one by one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import overload

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from traboule.core.parallel import both
from traboule.linkage.fields.texts import (
    Column,
    Few,
    Flags,
    Integers,
    arrow,
    by_lines,
    coded,
    column_of,
    filled,
    in_ascii,
    joined,
    matching,
    numbered,
    places_in,
    repeated,
    respelled,
)
from traboule.linkage.names.sounds import are_listed, standing_for_all
from traboule.linkage.names.tokens import (
    JOINED,
    MOST_TOKENS,
    SYLLABLE,
    Word,
    affixed,
    as_listed,
    bare,
    cleaned_words,
    compounds,
    of_two,
    parted,
    particles,
    read_words,
    set_apart,
)
from traboule.linkage.names.writing.cleaning import (
    CLUSTERS,
    LONGEST_TEXT,
    MARIA,
    SCRIPTS,
    all_to_persian,
    clean_all,
    scripts_of,
)
from traboule.linkage.names.writing.nobody import is_letter, nobodys
from traboule.linkage.names.writing.romanised import LONGEST_TOKEN, romanise_all

Forms = npt.NDArray[np.int32]

# A token as one text: what it sounds, and where it is not Latin, as written, and its script.
_BETWEEN = "\x00"  # Below every letter, so that tokens as texts are in the order of tokens.
_LATIN = SCRIPTS.index("latin")
_DIVIDED, _UNDIVIDED = r"\x00.{2,4}\x00(?:han|hangul)$", r"\x00(?:.{2,}\x00(?:han|hangul)|.+\x00kana)$"


@dataclass(frozen=True)
class _Ragged:
    """Row i is ``values[starts[i]:starts[i + 1]]``."""

    values: Integers
    starts: Integers

    @classmethod
    def of(cls, values: Integers, lengths: Integers) -> _Ragged:
        return cls(values, np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(lengths)]))

    def lengths(self) -> Integers:
        return np.diff(self.starts)

    def through(self, inner: _Ragged) -> _Ragged:
        """Return the rows with each value replaced by the row of ``inner`` that it numbers."""
        many = inner.lengths()[self.values]
        bounds = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(many)])
        places = np.repeat(inner.starts[self.values] - bounds[:-1], many) + np.arange(bounds[-1])
        return _Ragged(inner.values[places], bounds[self.starts])

    def how_many(self, flags: Flags) -> Integers:
        """Return for each row how many of its values have a flag."""
        return np.diff(np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(flags[self.values])])[self.starts])


class Tokens(Sequence[Word]):
    """Tokens as columns, each made only where someone asks for it: ``texts``; ``natives``; ``scripts``, places among
    :data:`~traboule.linkage.names.writing.cleaning.SCRIPTS`."""

    def __init__(self, texts: Column, natives: Column, scripts: npt.NDArray[np.int8]) -> None:
        self.texts, self.natives, self.scripts = texts, natives, scripts

    @classmethod
    def of(cls, words: Sequence[Word]) -> Tokens:
        """Return ``words`` as columns."""
        if isinstance(words, Tokens):
            return words
        scripts = np.array([SCRIPTS.index(word.script) for word in words], dtype=np.int8)
        return cls(column_of([word.text for word in words]), column_of([word.native for word in words]), scripts)

    def as_written(self) -> Column:
        """Return each token in the script it is written in."""
        if isinstance(self.texts, Few):
            return Few([native or text for native, text in zip(self.natives, self.texts, strict=True)])
        return pc.if_else(pa.array(filled(self.natives)), self.natives, self.texts)

    @cached_property
    def _words(self) -> list[Word]:
        scripts = map(SCRIPTS.__getitem__, self.scripts.tolist())
        return [*map(Word, self.texts.to_pylist(), self.natives.to_pylist(), scripts)]

    @overload
    def __getitem__(self, place: int) -> Word: ...

    @overload
    def __getitem__(self, place: slice) -> list[Word]: ...

    def __getitem__(self, place: int | slice) -> Word | list[Word]:
        return self._words[place]

    def __iter__(self) -> Iterator[Word]:
        return iter(self._words)

    def __len__(self) -> int:
        return len(self.texts)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Tokens) and self._words == other._words

    def __hash__(self) -> int:
        return hash((len(self), *self[:1]))


def spelled(texts: Column, family: Integers, given: Integers) -> tuple[Tokens, Forms]:
    """Return the distinct tokens of pairs in their order, and for each pair the numbers of its tokens, sorted.

    ``texts``: distinct, as filed; ``family``, ``given``: their numbers. Pairs have as many places as one needs, -1 for
    none.
    """
    cleaned, first, second = _cleaned(texts, family, given)
    split = pc.utf8_split_whitespace(cleaned)
    word, distinct = coded(split.flatten())
    readings, keys = _readings(distinct)
    texts_of = _Ragged.of(word, np.diff(np.asarray(split.offsets)))
    units = texts_of.through(readings)
    sounds = pc.list_element(pc.split_pattern(keys, _BETWEEN, max_splits=1), 0)
    special = _alone(units, keys, sounds, (first, second))
    alone = np.flatnonzero(special | _perhaps_nobodys(texts_of, distinct, (family, given)))
    units, first, second = _without_particles(units, sounds, first, second)
    stripped, keys = _stripped(keys, sounds)
    read, found = both(
        lambda: _read(cleaned, family[alone], given[alone]),
        lambda: _first_tokens(_Ragged(stripped[units.values], units.starts), first, second),
        things=len(alone),
    )
    found[alone] = -1
    number = len(keys)
    for place, each in zip(alone.tolist(), read, strict=True):
        found[place, : len(each)] = range(number, number + len(each))
        number += len(each)
    used = max(int((found >= 0).any(axis=0).sum()), 1)
    return _sorted(found[:, :used], pa.concat_arrays([keys, arrow([*chain.from_iterable(read)])]))


def _read(cleaned: Column, family: Integers, given: Integers) -> list[list[str]]:
    """Return the tokens of pairs, each read by itself, as texts."""
    pairs = zip(*(cleaned.take(side).to_pylist() for side in (family, given)), strict=True)
    return [[*map(_key, cleaned_words(*pair))] for pair in pairs]


def _key(word: Word) -> str:
    return _BETWEEN.join(word) if word.native else word.text


def _cleaned(texts: Column, family: Integers, given: Integers) -> tuple[Column, Integers, Integers]:
    """Return the texts cleaned, and the numbers of each pair's two. Beside a Persian text, another is read as Persian:
    where that says something else, it is a text of its own behind the others."""
    plain = in_ascii(texts)
    plain &= np.asarray(pc.binary_length(texts)) <= LONGEST_TEXT
    hard = np.flatnonzero(~plain)
    cleaned, read = both(lambda: _latin_cleaned(texts), lambda: clean_all(texts.take(hard)), things=len(hard))
    if not len(hard):
        return cleaned, family, given
    cleaned = pc.replace_with_mask(cleaned, pa.array(~plain), read)
    persian, other = np.zeros(len(texts), dtype=np.bool_), np.arange(len(texts))
    persian[hard], sounds = all_to_persian(read)
    changed = np.flatnonzero(np.asarray(pc.not_equal(read, sounds)))
    other[hard[changed]] = len(texts) + np.arange(len(changed))
    so_read = persian[family] | persian[given]
    first, second = (np.where(so_read, other[side], side) for side in (family, given))
    return pa.concat_arrays([cleaned, sounds.take(changed)]), first, second


def _latin_cleaned(texts: Column) -> Column:
    """Return texts in ASCII cleaned."""
    lower = pc.ascii_lower(texts)
    if pc.any(pc.match_substring(lower, "ma.")).as_py():
        lower = pc.replace_substring_regex(lower, pattern=MARIA.pattern, replacement="maria ")
    unmarked = pc.replace_substring_regex(lower, pattern="['\"`]", replacement="")
    cleaned = pc.ascii_trim(pc.replace_substring_regex(unmarked, pattern="[^a-z]+", replacement=" "), " ")
    return respelled(cleaned, CLUSTERS.items())


def _readings(distinct: Column) -> tuple[_Ragged, Column]:
    """Return for each word its tokens (an Arabic word may be two), and these as texts."""
    plain = in_ascii(distinct) & ~matching(distinct, of_two().pattern)
    # Words of Latin letters are their own tokens, but where two names are written as one.
    latin = np.flatnonzero(plain & filled(distinct))
    parts, places = [pc.utf8_slice_codeunits(distinct.take(latin), 0, LONGEST_TOKEN)], [latin]
    hard = np.flatnonzero(~plain)
    words = distinct.take(hard)
    scripts, one = scripts_of(words)
    alone = ~one | (scripts == _LATIN) | (scripts == SCRIPTS.index("myanmar")) | matching(words, parted())
    whole, alone = np.flatnonzero(~alone), np.flatnonzero(alone)
    keys, sounding = _whole(words.take(whole), scripts[whole])
    read = [[*map(_key, read_words(word))] for word in words.take(alone).to_pylist()]
    parts += keys, arrow([*chain.from_iterable(read)])
    places += hard[whole[sounding]], np.repeat(hard[alone], [len(each) for each in read])
    number, keys = coded(pa.concat_arrays(parts))
    place = np.concatenate(places)
    order = np.argsort(place, kind="stable")
    return _Ragged.of(number[order], np.bincount(place, minlength=len(distinct))), keys


def _whole(words: Column, scripts: npt.NDArray[np.int8]) -> tuple[Column, Integers]:
    """Return the tokens of words that are one each, as texts, of those that sound; and the places of these."""
    looked_up = by_lines(words, as_listed)
    listed = are_listed(looked_up)
    texts = pc.if_else(pa.array(listed), standing_for_all(looked_up), romanise_all(words, scripts))
    sounding = np.flatnonzero(filled(texts))
    columns = (texts, words, arrow(SCRIPTS).take(scripts))
    return joined([column.take(sounding) for column in columns], _BETWEEN), sounding


def _alone(units: _Ragged, keys: Column, sounds: Column, pair: tuple[Integers, Integers]) -> Flags:
    """Tell which pairs must be read by themselves: with an article apart, syllables to be joined, or undivided."""
    special = matching(sounds, JOINED) | _are_among(sounds, set_apart())
    syllable = matching(sounds, f"^(?:{SYLLABLE.pattern})$") & ~matching(keys, _UNDIVIDED)
    told = (special, *(_are_among(sounds, parts) for parts in compounds()), matching(keys, _DIVIDED), syllable)
    *held, syllables = map(units.how_many, told)
    many = units.lengths()
    of_texts = (*(each > 0 for each in held), (many > 0) & (syllables == many), many > 1, many == 1)
    specials, aheads, behinds, divided, syllabic, more, one = ([each[side] for side in pair] for each in of_texts)
    compound = (aheads[0] | aheads[1]) & (behinds[0] | behinds[1])
    joins = syllabic[0] & syllabic[1] & (more[0] | more[1])
    whole = (one[0] ^ one[1]) & ~(more[0] | more[1]) & (divided[0] | divided[1])
    return np.asarray(specials[0] | specials[1] | compound | joins | whole)


def _without_particles(
    units: _Ragged, sounds: Column, first: Integers, second: Integers
) -> tuple[_Ragged, Integers, Integers]:
    """Return the texts as they are, behind them all without titles, and then without any particle; and the numbers of
    each pair's two: those with particles where no other token is in the pair, without titles where one is."""
    titles, connectors = (_are_among(sounds, words) for words in particles())
    spare = units.how_many(~(titles | connectors))
    of_pair = np.minimum(spare[first] + spare[second], 2) * len(spare)
    kept = [np.ones(len(sounds), dtype=np.bool_), ~titles, ~(titles | connectors)]
    values = np.concatenate([units.values[each[units.values]] for each in kept])
    lengths = np.concatenate([units.how_many(each) for each in kept])
    return _Ragged.of(values, lengths), first + of_pair, second + of_pair


def _are_among(texts: Column, words: frozenset[str]) -> Flags:
    return places_in(texts, arrow(sorted(words))) >= 0


def _perhaps_nobodys(texts: _Ragged, distinct: Column, pair: tuple[Integers, Integers]) -> Flags:
    """Tell which pairs may name nobody: with a word that is nobody's name, or of nothing but words that may be."""
    nobody, perhaps = (_are_among(distinct, words) for words in nobodys())
    somebody, signs = ~(perhaps | nobody), np.asarray(pc.utf8_length(distinct))
    single = np.flatnonzero(signs == 1)
    letters = np.array([is_letter(word) for word in distinct.take(single).to_pylist()], dtype=np.bool_)
    somebody[single[letters]] = False
    somebody &= signs > 0
    nobodys_words, somebodys_words = (sum(texts.how_many(flags)[side] for side in pair) for flags in (nobody, somebody))
    return np.asarray((nobodys_words > 0) | (somebodys_words == 0))


def _stripped(keys: Column, sounds: Column) -> tuple[Integers, Column]:
    """Return for each token the number of what remains without article and son-of, and all tokens with these."""
    at = np.flatnonzero(matching(sounds, affixed()))
    remains = [bare(text) for text in sounds.take(at).to_pylist()]
    without = [
        key.replace(text, rest, 1) if text else key
        for key, text, rest in zip(keys.take(at).to_pylist(), sounds.take(at).to_pylist(), remains, strict=True)
    ]
    number = np.arange(len(keys))
    number[at] = len(keys) + np.arange(len(at))
    return number, pa.concat_arrays([keys, arrow(without)])


def _first_tokens(units: _Ragged, first: Integers, second: Integers) -> Forms:
    """Return the first tokens of both texts of each pair, one after the other; -1 behind the last."""
    one, two = units.lengths()[first], units.lengths()[second]
    found = np.full((len(first), MOST_TOKENS), -1, dtype=np.int32)
    for place in range(min(int((one + two).max(initial=0)), MOST_TOKENS)):
        held = np.flatnonzero(place < one + two)
        from_first = place < one[held]
        at = np.where(from_first, units.starts[first[held]], units.starts[second[held]] - one[held]) + place
        found[held, place] = units.values[at]
    return found


def _sorted(found: Forms, keys: Column) -> tuple[Tokens, Forms]:
    """Return the tokens of ``keys`` that are found, each once in their order, and ``found`` with their numbers,
    sorted."""
    rank, distinct = numbered(keys)
    numbers = np.append(rank, len(distinct))[found]
    used = np.zeros(len(distinct) + 1, dtype=np.bool_)
    used[numbers] = True
    used[-1] = False
    fresh = (np.cumsum(used) - 1).astype(np.int32)
    fresh[-1] = len(distinct)
    ordered = fresh[numbers]
    ordered.sort(axis=1)
    ordered[ordered == len(distinct)] = -1
    return _tokens(distinct.filter(pa.array(used[:-1]))), ordered


def _tokens(keys: Column) -> Tokens:
    """Return the tokens that ``keys`` stand for."""
    written: Column = pc.match_substring(keys, _BETWEEN)
    parts = pc.split_pattern(keys.filter(written), _BETWEEN).flatten()
    texts, natives, scripts = (parts.take(np.arange(place, len(parts), 3)) for place in range(3))
    numbers = np.full(len(keys), _LATIN, dtype=np.int8)
    numbers[np.asarray(written)] = places_in(scripts, arrow(SCRIPTS))
    texts = pc.replace_with_mask(keys, written, texts)
    return Tokens(texts, pc.replace_with_mask(arrow(repeated("", len(keys))), written, natives), numbers)
