"""Tokenise many names at once: clean each distinct text once and read each distinct word once.

Input: distinct texts, and pairs of their numbers for family and given names. Output: the tokens that
:func:`~traboule.linkage.names.tokens.tokenise` gives for each pair. Memory grows with the distinct texts and pairs. The
few names with a separate article, or with syllables to be joined, are read one by one.
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
from traboule.linkage.arrays.text_encoding import (
    Column,
    Flags,
    Integers,
    TextList,
    as_arrow,
    as_column,
    encode_texts,
    index_in,
    is_ascii,
    is_filled,
    join_texts,
    map_lines,
    matches_pattern,
    rank_texts,
    repeat_text,
    replace_all_in,
)
from traboule.linkage.names.phonetics import are_listed, canonical_spellings
from traboule.linkage.names.tokens import (
    JOINED,
    MOST_TOKENS,
    SYLLABLE,
    Word,
    affix_pattern,
    as_listed,
    compound_parts,
    dependent_tokens,
    multi_token_pattern,
    particles,
    read_words,
    strip_affixes,
    tokenise_cleaned,
    two_name_pattern,
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
from traboule.linkage.names.writing.placeholders import is_letter, placeholder_words
from traboule.linkage.names.writing.romanisation import LONGEST_TOKEN, romanise_all

Forms = npt.NDArray[np.int32]

# Joins a token to one text: its sound and, where it is not Latin, its native text and script.
_SEPARATOR = "\x00"  # Sorts before every letter, so that joined texts sort like tokens.
_LATIN = SCRIPTS.index("latin")
_DIVIDED, _UNDIVIDED = r"\x00.{2,4}\x00(?:han|hangul)$", r"\x00(?:.{2,}\x00(?:han|hangul)|.+\x00kana)$"


@dataclass(frozen=True)
class _RaggedRows:
    """Rows of different lengths: row i is ``values[starts[i]:starts[i + 1]]``."""

    values: Integers
    starts: Integers

    @classmethod
    def of(cls, values: Integers, lengths: Integers) -> _RaggedRows:
        return cls(values, np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(lengths)]))

    def lengths(self) -> Integers:
        return np.diff(self.starts)

    def through(self, inner: _RaggedRows) -> _RaggedRows:
        """Return the rows with each value replaced by the row of ``inner`` that it numbers."""
        lengths = inner.lengths()[self.values]
        bounds = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(lengths)])
        places = np.repeat(inner.starts[self.values] - bounds[:-1], lengths) + np.arange(bounds[-1])
        return _RaggedRows(inner.values[places], bounds[self.starts])

    def how_many(self, flags: Flags) -> Integers:
        """Return for each row how many of its values have a flag."""
        return np.diff(np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(flags[self.values])])[self.starts])


class Tokens(Sequence[Word]):
    """Tokens as columns, converted to words only on demand: ``texts``; ``natives``; ``scripts``, indices in
    :data:`~traboule.linkage.names.writing.cleaning.SCRIPTS`."""

    def __init__(self, texts: Column, natives: Column, scripts: npt.NDArray[np.int8]) -> None:
        self.texts, self.natives, self.scripts = texts, natives, scripts

    @classmethod
    def of(cls, words: Sequence[Word]) -> Tokens:
        """Return ``words`` as columns."""
        if isinstance(words, Tokens):
            return words
        scripts = np.array([SCRIPTS.index(word.script) for word in words], dtype=np.int8)
        return cls(as_column([word.text for word in words]), as_column([word.native for word in words]), scripts)

    def as_written(self) -> Column:
        """Return each token in the script in which it was written."""
        if isinstance(self.texts, TextList):
            return TextList([native or text for native, text in zip(self.natives, self.texts, strict=True)])
        return pc.if_else(pa.array(is_filled(self.natives)), self.natives, self.texts)

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


def tokenise_columns(texts: Column, family_numbers: Integers, given_numbers: Integers) -> tuple[Tokens, Forms]:
    """Return the distinct tokens of pairs, sorted, and for each pair the numbers of its tokens, ascending.

    ``texts``: distinct, as filed; ``family_numbers``, ``given_numbers``: indices in them. Rows are as wide as the
    longest needs; unused places are -1.
    """
    cleaned, first, second = _clean_pairs(texts, family_numbers, given_numbers)
    split = pc.utf8_split_whitespace(cleaned)
    word, distinct = encode_texts(split.flatten())
    readings, keys = _readings(distinct)
    texts_of = _RaggedRows.of(word, np.diff(np.asarray(split.offsets)))
    units = texts_of.through(readings)
    sounds = pc.list_element(pc.split_pattern(keys, _SEPARATOR, max_splits=1), 0)
    special = _read_individually(units, keys, sounds, (first, second))
    individual = np.flatnonzero(special | _maybe_placeholders(texts_of, distinct, (family_numbers, given_numbers)))
    units, first, second = _without_particles(units, sounds, first, second)
    stripped, keys = _strip_affixes(keys, sounds)
    read, forms = both(
        lambda: _read_pairs(cleaned, family_numbers[individual], given_numbers[individual]),
        lambda: _first_tokens(_RaggedRows(stripped[units.values], units.starts), first, second),
        things=len(individual),
    )
    forms[individual] = -1
    number = len(keys)
    for place, tokens in zip(individual.tolist(), read, strict=True):
        forms[place, : len(tokens)] = range(number, number + len(tokens))
        number += len(tokens)
    used = max(int((forms >= 0).any(axis=0).sum()), 1)
    return _sort_tokens(forms[:, :used], pa.concat_arrays([keys, as_arrow([*chain.from_iterable(read)])]))


def _read_pairs(cleaned: Column, family_numbers: Integers, given_numbers: Integers) -> list[list[str]]:
    """Return the tokens of pairs, each read individually, as texts."""
    pairs = zip(*(cleaned.take(side).to_pylist() for side in (family_numbers, given_numbers)), strict=True)
    return [[*map(_token_key, tokenise_cleaned(*pair))] for pair in pairs]


def _token_key(word: Word) -> str:
    return _SEPARATOR.join(word) if word.native else word.text


def _clean_pairs(texts: Column, family_numbers: Integers, given_numbers: Integers) -> tuple[Column, Integers, Integers]:
    """Return the cleaned texts, and the numbers of each pair's two texts.

    Beside a Persian text, the other is read as Persian. Where that reads differently, it becomes a further text at the
    end.
    """
    plain = is_ascii(texts)
    plain &= np.asarray(pc.binary_length(texts)) <= LONGEST_TEXT
    hard = np.flatnonzero(~plain)
    cleaned, read = both(lambda: _clean_ascii(texts), lambda: clean_all(texts.take(hard)), things=len(hard))
    if not len(hard):
        return cleaned, family_numbers, given_numbers
    cleaned = pc.replace_with_mask(cleaned, pa.array(~plain), read)
    persian, as_persian = np.zeros(len(texts), dtype=np.bool_), np.arange(len(texts))
    persian[hard], sounds = all_to_persian(read)
    changed = np.flatnonzero(np.asarray(pc.not_equal(read, sounds)))
    as_persian[hard[changed]] = len(texts) + np.arange(len(changed))
    reads_persian = persian[family_numbers] | persian[given_numbers]
    first, second = (np.where(reads_persian, as_persian[side], side) for side in (family_numbers, given_numbers))
    return pa.concat_arrays([cleaned, sounds.take(changed)]), first, second


def _clean_ascii(texts: Column) -> Column:
    """Return cleaned ASCII texts."""
    lower = pc.ascii_lower(texts)
    if pc.any(pc.match_substring(lower, "ma.")).as_py():
        lower = pc.replace_substring_regex(lower, pattern=MARIA.pattern, replacement="maria ")
    unmarked = pc.replace_substring_regex(lower, pattern="['\"`]", replacement="")
    cleaned = pc.ascii_trim(pc.replace_substring_regex(unmarked, pattern="[^a-z]+", replacement=" "), " ")
    return replace_all_in(cleaned, CLUSTERS.items())


def _readings(distinct: Column) -> tuple[_RaggedRows, Column]:
    """Return for each word its tokens (an Arabic word may be two), and the tokens as texts."""
    plain = is_ascii(distinct) & ~matches_pattern(distinct, two_name_pattern().pattern)
    # A Latin word is its own token, unless two names are written as one.
    latin = np.flatnonzero(plain & is_filled(distinct))
    parts, places = [pc.utf8_slice_codeunits(distinct.take(latin), 0, LONGEST_TOKEN)], [latin]
    hard = np.flatnonzero(~plain)
    words = distinct.take(hard)
    scripts, single_script = scripts_of(words)
    alone = (
        ~single_script
        | (scripts == _LATIN)
        | (scripts == SCRIPTS.index("myanmar"))
        | matches_pattern(words, multi_token_pattern())
    )
    single_token, alone = np.flatnonzero(~alone), np.flatnonzero(alone)
    keys, sounding = _romanised_words(words.take(single_token), scripts[single_token])
    read = [[*map(_token_key, read_words(word))] for word in words.take(alone).to_pylist()]
    parts += keys, as_arrow([*chain.from_iterable(read)])
    places += hard[single_token[sounding]], np.repeat(hard[alone], [len(tokens_read) for tokens_read in read])
    number, keys = encode_texts(pa.concat_arrays(parts))
    place = np.concatenate(places)
    order = np.argsort(place, kind="stable")
    return _RaggedRows.of(number[order], np.bincount(place, minlength=len(distinct))), keys


def _romanised_words(words: Column, scripts: npt.NDArray[np.int8]) -> tuple[Column, Integers]:
    """Return the tokens, as texts, of words with one token each, leaving out words without sound; and the places of the
    others."""
    looked_up = map_lines(words, as_listed)
    is_listed = are_listed(looked_up)
    texts = pc.if_else(pa.array(is_listed), canonical_spellings(looked_up), romanise_all(words, scripts))
    sounding = np.flatnonzero(is_filled(texts))
    columns = (texts, words, as_arrow(SCRIPTS).take(scripts))
    return join_texts([column.take(sounding) for column in columns], _SEPARATOR), sounding


def _read_individually(units: _RaggedRows, keys: Column, sounds: Column, pair: tuple[Integers, Integers]) -> Flags:
    """Tell which pairs must be read individually: with a separate article, with syllables to be joined, or
    undivided."""
    special = matches_pattern(sounds, JOINED) | _are_among(sounds, dependent_tokens())
    syllable = matches_pattern(sounds, f"^(?:{SYLLABLE.pattern})$") & ~matches_pattern(keys, _UNDIVIDED)
    flags = (
        special,
        *(_are_among(sounds, parts) for parts in compound_parts()),
        matches_pattern(keys, _DIVIDED),
        syllable,
    )
    *counts, syllables = map(units.how_many, flags)
    lengths = units.lengths()
    of_texts = (*(values > 0 for values in counts), (lengths > 0) & (syllables == lengths), lengths > 1, lengths == 1)
    specials, aheads, behinds, divided, syllabic, several, single = (
        [values[side] for side in pair] for values in of_texts
    )
    compound = (aheads[0] | aheads[1]) & (behinds[0] | behinds[1])
    joins = syllabic[0] & syllabic[1] & (several[0] | several[1])
    undivided = (single[0] ^ single[1]) & ~(several[0] | several[1]) & (divided[0] | divided[1])
    return np.asarray(specials[0] | specials[1] | compound | joins | undivided)


def _without_particles(
    units: _RaggedRows, sounds: Column, first: Integers, second: Integers
) -> tuple[_RaggedRows, Integers, Integers]:
    """Return three versions of the texts in one array (unchanged, without titles, without any particle), and for each
    pair the numbers of its two texts in the version that applies.

    Titles are dropped where the pair has another token, all particles where it has two.
    """
    titles, connectors = (_are_among(sounds, words) for words in particles())
    spare = units.how_many(~(titles | connectors))
    of_pair = np.minimum(spare[first] + spare[second], 2) * len(spare)
    keeps = [np.ones(len(sounds), dtype=np.bool_), ~titles, ~(titles | connectors)]
    values = np.concatenate([units.values[flags[units.values]] for flags in keeps])
    lengths = np.concatenate([units.how_many(flags) for flags in keeps])
    return _RaggedRows.of(values, lengths), first + of_pair, second + of_pair


def _are_among(texts: Column, words: frozenset[str]) -> Flags:
    return index_in(texts, as_arrow(sorted(words))) >= 0


def _maybe_placeholders(texts: _RaggedRows, distinct: Column, pair: tuple[Integers, Integers]) -> Flags:
    """Tell which pairs may be placeholders: with a placeholder word, or with nothing but words that may be one."""
    placeholder, maybe = (_are_among(distinct, words) for words in placeholder_words())
    proper, signs = ~(maybe | placeholder), np.asarray(pc.utf8_length(distinct))
    single = np.flatnonzero(signs == 1)
    letters = np.array([is_letter(word) for word in distinct.take(single).to_pylist()], dtype=np.bool_)
    proper[single[letters]] = False
    proper &= signs > 0
    placeholder_counts, proper_counts = (
        sum(texts.how_many(flags)[side] for side in pair) for flags in (placeholder, proper)
    )
    return np.asarray((placeholder_counts > 0) | (proper_counts == 0))


def _strip_affixes(keys: Column, sounds: Column) -> tuple[Integers, Column]:
    """Return for each token the number of what remains without article and son-of, and all tokens with these stems."""
    at = np.flatnonzero(matches_pattern(sounds, affix_pattern()))
    remains = [strip_affixes(text) for text in sounds.take(at).to_pylist()]
    without = [
        key.replace(text, stem, 1) if text else key
        for key, text, stem in zip(keys.take(at).to_pylist(), sounds.take(at).to_pylist(), remains, strict=True)
    ]
    number = np.arange(len(keys))
    number[at] = len(keys) + np.arange(len(at))
    return number, pa.concat_arrays([keys, as_arrow(without)])


def _first_tokens(units: _RaggedRows, first: Integers, second: Integers) -> Forms:
    """Return the first tokens of both texts of each pair, one after the other; -1 after the last."""
    first_lengths, second_lengths = units.lengths()[first], units.lengths()[second]
    forms = np.full((len(first), MOST_TOKENS), -1, dtype=np.int32)
    for place in range(min(int((first_lengths + second_lengths).max(initial=0)), MOST_TOKENS)):
        filled_rows = np.flatnonzero(place < first_lengths + second_lengths)
        from_first = place < first_lengths[filled_rows]
        at = (
            np.where(
                from_first,
                units.starts[first[filled_rows]],
                units.starts[second[filled_rows]] - first_lengths[filled_rows],
            )
            + place
        )
        forms[filled_rows, place] = units.values[at]
    return forms


def _sort_tokens(forms: Forms, keys: Column) -> tuple[Tokens, Forms]:
    """Return the tokens of ``keys`` that occur in ``forms``, distinct and sorted, and ``forms`` with their numbers,
    sorted."""
    rank, distinct = rank_texts(keys)
    numbers = np.append(rank, len(distinct))[forms]
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
    written: Column = pc.match_substring(keys, _SEPARATOR)
    parts = pc.split_pattern(keys.filter(written), _SEPARATOR).flatten()
    texts, natives, scripts = (parts.take(np.arange(place, len(parts), 3)) for place in range(3))
    numbers = np.full(len(keys), _LATIN, dtype=np.int8)
    numbers[np.asarray(written)] = index_in(scripts, as_arrow(SCRIPTS))
    texts = pc.replace_with_mask(keys, written, texts)
    return Tokens(texts, pc.replace_with_mask(as_arrow(repeat_text("", len(keys))), written, natives), numbers)
