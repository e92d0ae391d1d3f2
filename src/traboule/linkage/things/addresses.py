"""Addresses: one place under its parts in any order, abbreviated or not, in two scripts.

In come rows of the kind ``address``; out go the pairs that are likely one place. It promises: pure; order, kind of
street and spelling never tell two places apart, another house number does; shelters, hotels and authorities have been
stopped before (rule 12).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from traboule.linkage.things.pairs import Integers, numbered, sharing
from traboule.linkage.things.rows import Row
from traboule.linkage.things.weighed import MISSING, Compared, many
from traboule.linkage.things.wording import Wording, wording

_MOST = 60


def compare_addresses(rows: Sequence[Row], judged: Integers) -> Compared:
    """Return the pairs of ``rows`` that may be one place, and those ``judged`` (see :func:`sharing`)."""
    read = [wording(row.value, "addresses") for row in rows]
    pairs = sharing(
        [("address words", *numbered(key for place, each in enumerate(read) for key in _keys(each, place)))],
        len(rows),
        most=_MOST,
        also=judged,
    )
    couples = list(zip(pairs.left.tolist(), pairs.right.tolist(), strict=True))
    words = np.array([_words(read[one], read[other]) for one, other in couples], dtype=np.int8)
    numbers = np.array([_numbers(read[one], read[other]) for one, other in couples], dtype=np.int8)
    countries = np.array([_countries(rows[one], rows[other]) for one, other in couples], dtype=np.int8)
    return Compared(
        "address",
        pairs.left,
        pairs.right,
        {"address_words": words, "address_number": numbers, "address_country": countries},
        medium={"address_words": (words >= 2) & (numbers == 2), "address_country": (words == 3) & (countries == 1)},
        against={"address_number": numbers == 0, "address_country": countries == 0},
        skipped=pairs.skipped,
        holds=lambda place: {
            "address_words": many(read[place].sounds),
            "address_number": many(read[place].numbers),
            "address_country": many(rows[place].issuer and [rows[place].issuer]),
        },
    )


def _keys(each: Wording, place: int) -> list[tuple[str, int]]:
    """Return a key for each number with each word, for each two words, and for one word that stands alone."""
    sounds = each.sounds[:8]
    keys = [(f"{number} {sound}", place) for number in each.numbers[:4] for sound in sounds]
    keys += [(f"{one} {other}", place) for start, one in enumerate(sounds) for other in sounds[start + 1 :]]
    return keys or [(sound, place) for sound in sounds]


def _words(one: Wording, other: Wording) -> int:
    """Return 3 the same words, 2 one in the other, 1 half in common, 0 less; MISSING where one has none."""
    ours, theirs = set(one.sounds), set(other.sounds)
    if not ours or not theirs:
        return MISSING
    if ours == theirs:
        return 3
    small, large = sorted((ours, theirs), key=len)
    if small <= large:
        return 2
    return int(len(ours & theirs) * 2 >= len(small))


def _numbers(one: Wording, other: Wording) -> int:
    """Return 2 the same house number, 1 some figures in common, 0 another house number, MISSING where one has none.

    Figures of up to three digits are taken for house numbers where both have some; longer ones are postal codes, and
    one that only one side gives is no difference.
    """
    ours, theirs = set(one.numbers), set(other.numbers)
    our_house, their_house = ({figure for figure in side if len(figure) <= 3} for side in (ours, theirs))
    if our_house and their_house:
        if our_house <= their_house or their_house <= our_house:
            return 2
        return int(bool(our_house & their_house))
    return 1 if ours & theirs else MISSING


def _countries(one: Row, other: Row) -> int:
    """Compare the states where the addresses lie, as filed; the filing state says nothing of that."""
    if not one.issuer or not other.issuer:
        return MISSING
    return int(one.issuer == other.issuer)
