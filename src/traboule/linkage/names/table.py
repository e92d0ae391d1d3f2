"""From names as filed to a table of the distinct ones: the forms of each, and the tokens they are made of.

In come the fields of names; out go a :class:`NameTable` and each name's number in it. It promises: pure; names are
numbered in the order of their spelling, so that the order in which they are filed says nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from traboule.linkage.names.alike.words import FORMS, Words, words_of
from traboule.linkage.names.groups import Integers
from traboule.linkage.names.sounds import skeleton
from traboule.linkage.names.tokens import MOST_TOKENS, Word, words


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

    ``texts``: one a token, sorted. ``words``: names and tokens as compiled code compares them. ``written`` and
    ``sound``: one text a name, its first form's tokens and skeletons, sorted, for frequencies and keys. ``several``:
    names of two tokens or more.
    """

    texts: tuple[str, ...]
    words: Words
    written: tuple[str, ...]
    sound: tuple[str, ...]
    several: npt.NDArray[np.bool_]


def name_table(filed: Sequence[FiledName]) -> tuple[NameTable, Integers]:
    """Return the table of the distinct names in ``filed``, and for each of ``filed`` its number (-1 without tokens)."""
    as_forms = [_forms(name) for name in filed]
    distinct = sorted({forms for forms in as_forms if any(forms)})
    number = {forms: place for place, forms in enumerate(distinct)}
    numbers = np.array([number.get(forms, -1) for forms in as_forms], dtype=np.int64)
    known = sorted({word for forms in distinct for form in forms for word in form})
    place_of = {word: place for place, word in enumerate(known)}
    shape = np.full((len(distinct), FORMS, MOST_TOKENS), -1, dtype=np.int32)
    for row, forms in enumerate(distinct):
        for column, form in enumerate(forms):
            shape[row, column, : len(form)] = [place_of[word] for word in form]
    first = [next(form for form in forms if form) for forms in distinct]
    return NameTable(
        texts=tuple(word.text for word in known),
        words=words_of(known, shape),
        written=tuple(" ".join(word.text for word in form) for form in first),
        sound=tuple(" ".join(sorted(skeleton(word.text) for word in form)) for form in first),
        several=(shape >= 0).sum(2).max(1, initial=0) >= 2,
    ), numbers


Form = tuple[Word, ...]


def _forms(name: FiledName) -> tuple[Form, ...]:
    """Return up to three forms of a name."""
    romanised = words(name.family_romanised, name.given_romanised)
    native = words(name.family, name.given)
    if not romanised:
        romanised, native = native, ()
    return romanised, (() if native == romanised else native), words("", name.other)
