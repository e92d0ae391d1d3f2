"""From names as filed to a table of the distinct ones: the forms of each, and the tokens they are made of.

In come the fields of names; out go a :class:`NameTable` and each name's number in it. It promises: pure; names are
numbered in the order of their spelling, so that the order in which they are filed says nothing.
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
from traboule.linkage.arrays.distinct import merged
from traboule.linkage.fields.texts import (
    FEW,
    Column,
    Texts,
    arrow,
    coded,
    column_of,
    dense,
    numbered,
    one_behind_other,
    together,
)
from traboule.linkage.names.alike.words import FORMS, Words, words_of
from traboule.linkage.names.groups import Integers
from traboule.linkage.names.sounds import sounds_of
from traboule.linkage.names.spelled import Forms as Spelt
from traboule.linkage.names.spelled import Tokens, spelled
from traboule.linkage.names.tokens import MOST_TOKENS, Word, words

_FEW = 200  # Names that are sooner read one by one.

# Of one name: as romanised by the filer, as written in the native script, other names; or nothing.
Forms: TypeAlias = tuple[tuple[Word, ...], ...]


@dataclass(frozen=True, slots=True)
class FiledName:
    """The fields of one person's name as filed; each may be empty."""

    family: str = ""
    given: str = ""
    family_romanised: str = ""
    given_romanised: str = ""
    other: str = ""


@dataclass(frozen=True)
class NameTable:
    """Distinct names, numbered in the order of their spelling, and the tokens they are made of.

    ``tokens``: sorted. ``words``: names and tokens as compiled code compares them. ``sound``: of each name,
    the number from 1 of its first form's skeletons, sorted, among ``sounds_of``, which begins with an empty text.
    ``several``: names of two tokens or more.
    """

    tokens: Tokens
    words: Words
    sound: Integers
    sounds_of: Texts
    several: npt.NDArray[np.bool_]


def name_table(filed: Sequence[FiledName]) -> tuple[NameTable, Integers]:
    """Return the table of the distinct names in ``filed``, and for each of ``filed`` its number (-1 without tokens)."""
    if len(filed) > _FEW:
        return name_columns([column_of(column) for column in zip(*map(astuple, filed), strict=True)])
    read = [_forms(name) for name in filed]
    known = sorted({word for forms in read for form in forms for word in form})
    number = {word: place for place, word in enumerate(known)}
    distinct = {form: place for place, form in enumerate(dict.fromkeys(form for forms in read for form in forms))}
    forms = np.full((len(distinct), MOST_TOKENS), -1, dtype=np.int32)
    for form, row in distinct.items():
        forms[row, : len(form)] = [number[word] for word in form]
    places = [np.array([distinct[forms[place]] for forms in read], dtype=np.int64) for place in range(FORMS)]
    return _tabled(Tokens.of(known), forms, places)


def forms_of(name: FiledName) -> Forms:
    """Return the three forms of a name, each once, some of which may be empty; nothing where all are."""
    romanised, native, other = _forms(name)
    if not romanised:
        romanised, native = native, ()
    return (romanised, () if native == romanised else native, other) if romanised or other else ()


def _forms(name: FiledName) -> Forms:
    """Return the three forms of a name, some of which may be empty or the same."""
    return (
        words(name.family_romanised, name.given_romanised),
        words(name.family, name.given),
        words("", name.other),
    )


def name_columns(filed: Sequence[Column]) -> tuple[NameTable, Integers]:
    """Return the same for columns in the order of the fields of :class:`FiledName`."""
    if len(filed[0]) <= _FEW:
        return name_table([FiledName(*row) for row in zip(*(column.to_pylist() for column in filed), strict=True)])
    parts = list(chain(*both(lambda: [*map(coded, filed[:2])], lambda: [*map(coded, filed[2:])])))
    number, texts = coded(one_behind_other([column_of([""]), *(distinct for _, distinct in parts)]))
    starts = np.cumsum([1, *(len(distinct) for _, distinct in parts)])
    family, given, family_romanised, given_romanised, other = (
        number[start + codes] for (codes, _), start in zip(parts, starts[:-1].tolist(), strict=True)
    )
    pairs = [
        _distinct(one * len(texts) + two)
        for one, two in ((family_romanised, given_romanised), (family, given), (np.zeros_like(other), other))
    ]
    codes = merged(np.concatenate([distinct for distinct, _ in pairs]))
    known, forms = spelled(texts, codes // len(texts), codes % len(texts))
    return _tabled(known, forms, [np.searchsorted(codes, distinct)[place] for distinct, place in pairs])


def _distinct(codes: Integers) -> tuple[Integers, Integers]:
    """Return the distinct codes, sorted, and the place of each there."""
    if len(codes) and (codes == codes[0]).all():
        return codes[:1], np.zeros(len(codes), dtype=np.int64)
    distinct, place = np.unique(codes, return_inverse=True)
    return distinct, place


def _tabled(known: Tokens, forms: Spelt, places: Sequence[Integers]) -> tuple[NameTable, Integers]:
    """Return the table of names whose forms, as filed, are rows of ``forms``, and the number of each."""
    # What the tokens are says nothing of which names they make: neither waits for the other.
    words, (shape, number, (sound, sounds_of)) = both(
        lambda: words_of(known, forms), lambda: _named(known, forms, places), things=len(forms)
    )
    return NameTable(
        tokens=known,
        words=words._replace(forms=shape),
        sound=sound,
        sounds_of=sounds_of,
        several=shape[:, :, 1].max(axis=1, initial=-1) >= 0,
    ), number


def _named(known: Tokens, forms: Spelt, places: Sequence[Integers]) -> tuple[Spelt, Integers, tuple[Integers, Texts]]:
    """Return the three forms of each distinct name, which name each is that was filed, and how these names sound."""
    rank, forms = _ranked(forms, len(known))
    romanised, native, other = (rank[place] for place in places)
    # Number 0 is the form without tokens. A name is written once in one script only.
    romanised, native = np.where(romanised > 0, romanised, native), np.where(romanised > 0, native, 0)
    native = np.where(native == romanised, 0, native)
    codes, size = together(*((each, int(each.max(initial=0)) + 1) for each in (romanised, native, other)))
    named = np.flatnonzero((romanised > 0) | (other > 0))
    number = np.full(len(codes), -1, dtype=np.int64)
    distinct, number[named] = dense(codes[named], size)
    one = np.empty(len(distinct), dtype=np.int64)
    one[number[named]] = named
    shape = np.full((len(one), FORMS, MOST_TOKENS), -1, dtype=np.int32)
    for place, each in enumerate((romanised, native, other)):
        written = np.flatnonzero(each[one])
        shape[written, place, : forms.shape[1]] = forms[each[one[written]]]
    heard = np.where(romanised[one] > 0, romanised[one], other[one])
    return shape, number, _sounds(known, forms[heard])


def _ranked(forms: Spelt, tokens: int) -> tuple[Integers, Spelt]:
    """Return for each form its number among the distinct ones in their order, and these; the first has no token."""
    forms = np.concatenate([np.full((1, forms.shape[1]), -1, dtype=np.int32), forms])
    columns = (forms[:, place].astype(np.int64) + 1 for place in range(forms.shape[1]))
    codes, _ = together(*((column, tokens + 1) for column in columns))
    distinct, place = np.unique(codes, return_inverse=True)
    one = np.empty(len(distinct), dtype=np.int64)
    one[place] = np.arange(len(place))
    return place[1:], forms[one]


def _sounds(known: Tokens, forms: Spelt) -> tuple[Integers, Texts]:
    """Return for each form the number from 1 of its skeletons among the distinct ones in their order, and these."""
    rank, heard = numbered(sounds_of(known.texts)[0])
    skeletons = np.append(rank, len(heard)).astype(np.int32)[forms]
    skeletons.sort(axis=1)
    skeletons[skeletons == len(heard)] = -1
    number, distinct = _ranked(skeletons, len(heard))
    if len(distinct) <= FEW:
        rows, parts = distinct.tolist(), heard.to_pylist()
        return number, Texts(column_of([" ".join(parts[place] for place in row if place >= 0) for row in rows]))
    bounds: Column = pa.array(np.concatenate([[0], np.cumsum((distinct >= 0).sum(1))]), pa.int32())
    places = distinct[distinct >= 0].astype(np.int64)
    return number, Texts(pc.binary_join(pa.ListArray.from_arrays(bounds, arrow(heard).take(places)), " "))
