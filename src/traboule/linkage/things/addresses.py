"""Compare addresses: one place with its parts in any order, abbreviated or not, in any script.

The order of the parts, the kind of street and the spelling never distinguish two places; another house number does.
Shelters, hotels and authorities are stopped before (rule 12).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from traboule.linkage.things.pairs import Integers, number_keys, pairs_sharing_keys
from traboule.linkage.things.rows import Row
from traboule.linkage.things.scoring import MISSING, ThingComparison, quantity_code
from traboule.linkage.things.wording import ThingWording, thing_wording

_MOST = 60


def compare_addresses(rows: Sequence[Row], judged_pairs: Integers) -> ThingComparison:
    """Return the pairs of ``rows`` that may be one place, and the ``judged_pairs`` (see :func:`pairs_sharing_keys`)."""
    read = [thing_wording(row.value, "addresses") for row in rows]
    pairs = pairs_sharing_keys(
        [("address words", *number_keys(key for place, wording in enumerate(read) for key in _keys(wording, place)))],
        len(rows),
        most=_MOST,
        also=judged_pairs,
    )
    couples = list(zip(pairs.left.tolist(), pairs.right.tolist(), strict=True))
    words = np.array([_words(read[i], read[j]) for i, j in couples], dtype=np.int8)
    numbers = np.array([_numbers(read[i], read[j]) for i, j in couples], dtype=np.int8)
    countries = np.array([_countries(rows[i], rows[j]) for i, j in couples], dtype=np.int8)
    return ThingComparison(
        "address",
        pairs.left,
        pairs.right,
        {"address_words": words, "address_number": numbers, "address_country": countries},
        medium={"address_words": (words >= 2) & (numbers == 2), "address_country": (words == 3) & (countries == 1)},
        against={"address_number": numbers == 0, "address_country": countries == 0},
        skipped=pairs.skipped,
        field_codes=lambda place: {
            "address_words": quantity_code(read[place].sounds),
            "address_number": quantity_code(read[place].numbers),
            "address_country": quantity_code(rows[place].issuer and [rows[place].issuer]),
        },
    )


def _keys(wording: ThingWording, place: int) -> list[tuple[str, int]]:
    """Return a key for each number with each word, for each two words, and for a single word by itself."""
    sounds = wording.sounds[:8]
    keys = [(f"{number} {sound}", place) for number in wording.numbers[:4] for sound in sounds]
    keys += [(f"{first} {second}", place) for start, first in enumerate(sounds) for second in sounds[start + 1 :]]
    return keys or [(sound, place) for sound in sounds]


def _words(left: ThingWording, right: ThingWording) -> int:
    """Return 3 for the same words, 2 one contained in the other, 1 half in common, 0 less; MISSING where one has
    none."""
    ours, theirs = set(left.sounds), set(right.sounds)
    if not ours or not theirs:
        return MISSING
    if ours == theirs:
        return 3
    small, large = sorted((ours, theirs), key=len)
    if small <= large:
        return 2
    return int(len(ours & theirs) * 2 >= len(small))


def _numbers(left: ThingWording, right: ThingWording) -> int:
    """Return 2 for the same house number, 1 some figures in common, 0 another house number, MISSING where one has none.

    Figures of up to three digits count as house numbers where both have some; longer ones are postal codes. A figure
    that only one side has is no difference.
    """
    ours, theirs = set(left.numbers), set(right.numbers)
    our_house, their_house = ({figure for figure in side if len(figure) <= 3} for side in (ours, theirs))
    if our_house and their_house:
        if our_house <= their_house or their_house <= our_house:
            return 2
        return int(bool(our_house & their_house))
    return 1 if ours & theirs else MISSING


def _countries(left: Row, right: Row) -> int:
    """Compare the states in which the addresses lie, as filed; the filing state does not count."""
    if not left.issuer or not right.issuer:
        return MISSING
    return int(left.issuer == right.issuer)
