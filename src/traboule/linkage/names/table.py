"""Collect names as filed in a table of the distinct ones, with their forms and tokens.

Names are numbered in the order of their spelling, whatever the order in which they were filed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from itertools import chain
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from traboule.core.parallel import both
from traboule.linkage.arrays.text_encoding import (
    MAX_LIST,
    Column,
    TextSequence,
    as_arrow,
    as_column,
    combine_codes,
    concat_texts,
    dense,
    encode_texts,
    rank_texts,
)
from traboule.linkage.arrays.unique import unique_of_runs
from traboule.linkage.names.columns import Forms as Spelt
from traboule.linkage.names.columns import Tokens, tokenise_columns
from traboule.linkage.names.equivalents import Integers
from traboule.linkage.names.phonetics import skeletons_of
from traboule.linkage.names.similarity.token_table import FORMS, TokenTable, pack_tokens
from traboule.linkage.names.tokens import MOST_TOKENS, Word, tokenise

_MAX_INDIVIDUAL = 200  # Names. For so few, reading one by one is faster.

# The forms of one name: as romanised by the filer, in the native script, other names; or none.
Forms: TypeAlias = tuple[tuple[Word, ...], ...]


@dataclass(frozen=True, slots=True)
class FiledName:
    """The fields of one person's name as filed; each may be empty."""

    family_name: str = ""
    given_names: str = ""
    family_name_romanised: str = ""
    given_names_romanised: str = ""
    other_names: str = ""


@dataclass(frozen=True)
class NameTable:
    """The distinct names, sorted by spelling, and their tokens.

    ``tokens``: sorted. ``words``: names and tokens packed for compiled code. ``sound``: for each name, the number (from
    1) of its first form's phonetic key in ``sounds_of``, which begins with an empty text. ``several``: names of two
    tokens or more.
    """

    tokens: Tokens
    words: TokenTable
    sound: Integers
    sounds_of: TextSequence
    several: npt.NDArray[np.bool_]


def name_table(filed: Sequence[FiledName]) -> tuple[NameTable, Integers]:
    """Return the table of the distinct names in ``filed``, and the number of each of ``filed`` (-1 without tokens)."""
    if len(filed) > _MAX_INDIVIDUAL:
        return name_columns([as_column(column) for column in zip(*map(astuple, filed), strict=True)])
    read = [_forms(name) for name in filed]
    distinct_words = sorted({word for forms in read for form in forms for word in form})
    number = {word: place for place, word in enumerate(distinct_words)}
    distinct = {form: place for place, form in enumerate(dict.fromkeys(form for forms in read for form in forms))}
    forms = np.full((len(distinct), MOST_TOKENS), -1, dtype=np.int32)
    for form, row in distinct.items():
        forms[row, : len(form)] = [number[word] for word in form]
    places = [np.array([distinct[forms[place]] for forms in read], dtype=np.int64) for place in range(FORMS)]
    return _name_table(Tokens.of(distinct_words), forms, places)


def forms_of(name: FiledName) -> Forms:
    """Return the three forms of a name, without repetition, some of which may be empty; an empty tuple where all
    are."""
    romanised, native, other_names = _forms(name)
    if not romanised:
        romanised, native = native, ()
    return (romanised, () if native == romanised else native, other_names) if romanised or other_names else ()


def _forms(name: FiledName) -> Forms:
    """Return the three forms of a name, some of which may be empty or equal."""
    return (
        tokenise(name.family_name_romanised, name.given_names_romanised),
        tokenise(name.family_name, name.given_names),
        tokenise("", name.other_names),
    )


def name_columns(filed: Sequence[Column]) -> tuple[NameTable, Integers]:
    """Return the same for columns in the order of the fields of :class:`FiledName`."""
    if len(filed[0]) <= _MAX_INDIVIDUAL:
        return name_table([FiledName(*row) for row in zip(*(column.to_pylist() for column in filed), strict=True)])
    parts = list(chain(*both(lambda: [*map(encode_texts, filed[:2])], lambda: [*map(encode_texts, filed[2:])])))
    number, texts = encode_texts(concat_texts([as_column([""]), *(distinct for _, distinct in parts)]))
    starts = np.cumsum([1, *(len(distinct) for _, distinct in parts)])
    family_names, given_names, family_names_romanised, given_names_romanised, other_names = (
        number[start + codes] for (codes, _), start in zip(parts, starts[:-1].tolist(), strict=True)
    )
    pairs = [
        _distinct(family_number * len(texts) + given_number)
        for family_number, given_number in (
            (family_names_romanised, given_names_romanised),
            (family_names, given_names),
            (np.zeros_like(other_names), other_names),
        )
    ]
    codes = unique_of_runs(np.concatenate([distinct for distinct, _ in pairs]))
    tokens, forms = tokenise_columns(texts, codes // len(texts), codes % len(texts))
    return _name_table(tokens, forms, [np.searchsorted(codes, distinct)[place] for distinct, place in pairs])


def _distinct(codes: Integers) -> tuple[Integers, Integers]:
    """Return the distinct codes, sorted, and the index of each code among them."""
    if len(codes) and (codes == codes[0]).all():
        return codes[:1], np.zeros(len(codes), dtype=np.int64)
    distinct, place = np.unique(codes, return_inverse=True)
    return distinct, place


def _name_table(tokens: Tokens, forms: Spelt, places: Sequence[Integers]) -> tuple[NameTable, Integers]:
    """Return the table of names whose forms, as filed, are rows of ``forms``, and the number of each."""
    # Packing tokens and finding the distinct names are independent, and run in parallel.
    words, (shape, number, (sound, sounds_of)) = both(
        lambda: pack_tokens(tokens, forms), lambda: _distinct_names(tokens, forms, places), things=len(forms)
    )
    return NameTable(
        tokens=tokens,
        words=words._replace(forms=shape),
        sound=sound,
        sounds_of=sounds_of,
        several=shape[:, :, 1].max(axis=1, initial=-1) >= 0,
    ), number


def _distinct_names(
    tokens: Tokens, forms: Spelt, places: Sequence[Integers]
) -> tuple[Spelt, Integers, tuple[Integers, TextSequence]]:
    """Return the three forms of each distinct name, the number of each filed name, and the phonetic keys of the
    names."""
    rank, forms = _rank_forms(forms, len(tokens))
    romanised, native, other_names = (rank[place] for place in places)
    # Rank 0 is the form without tokens. A name written in one script only has one form.
    romanised, native = np.where(romanised > 0, romanised, native), np.where(romanised > 0, native, 0)
    native = np.where(native == romanised, 0, native)
    codes, size = combine_codes(*((form, int(form.max(initial=0)) + 1) for form in (romanised, native, other_names)))
    has_name = np.flatnonzero((romanised > 0) | (other_names > 0))
    number = np.full(len(codes), -1, dtype=np.int64)
    distinct, number[has_name] = dense(codes[has_name], size)
    example = np.empty(len(distinct), dtype=np.int64)
    example[number[has_name]] = has_name
    shape = np.full((len(example), FORMS, MOST_TOKENS), -1, dtype=np.int32)
    for place, form in enumerate((romanised, native, other_names)):
        written = np.flatnonzero(form[example])
        shape[written, place, : forms.shape[1]] = forms[form[example[written]]]
    phonetic_form = np.where(romanised[example] > 0, romanised[example], other_names[example])
    return shape, number, _name_skeletons(tokens, forms[phonetic_form])


def _rank_forms(forms: Spelt, tokens: int) -> tuple[Integers, Spelt]:
    """Return for each form its rank among the distinct ones, and the distinct ones; the first has no token."""
    forms = np.concatenate([np.full((1, forms.shape[1]), -1, dtype=np.int32), forms])
    columns = (forms[:, place].astype(np.int64) + 1 for place in range(forms.shape[1]))
    codes, _ = combine_codes(*((column, tokens + 1) for column in columns))
    distinct, place = np.unique(codes, return_inverse=True)
    example = np.empty(len(distinct), dtype=np.int64)
    example[place] = np.arange(len(place))
    return place[1:], forms[example]


def _name_skeletons(tokens: Tokens, forms: Spelt) -> tuple[Integers, TextSequence]:
    """Return for each form the rank (from 1) of its phonetic key among the distinct ones, and the distinct keys."""
    rank, distinct_skeletons = rank_texts(skeletons_of(tokens.texts)[0])
    skeletons = np.append(rank, len(distinct_skeletons)).astype(np.int32)[forms]
    skeletons.sort(axis=1)
    skeletons[skeletons == len(distinct_skeletons)] = -1
    number, distinct = _rank_forms(skeletons, len(distinct_skeletons))
    if len(distinct) <= MAX_LIST:
        rows, parts = distinct.tolist(), distinct_skeletons.to_pylist()
        return number, TextSequence(as_column([" ".join(parts[place] for place in row if place >= 0) for row in rows]))
    bounds: Column = pa.array(np.concatenate([[0], np.cumsum((distinct >= 0).sum(1))]), pa.int32())
    places = distinct[distinct >= 0].astype(np.int64)
    return number, TextSequence(
        pc.binary_join(pa.ListArray.from_arrays(bounds, as_arrow(distinct_skeletons).take(places)), " ")
    )
