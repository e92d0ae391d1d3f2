"""Compare adverts: the same job offer posted again with a few words changed, in any language.

A few changed words, another phone number or another wage leave two adverts similar. Adverts with the same text, once
phones, links and numbers are masked, all link to the first of them. A text too short to be distinctive links by its
contact alone, and is then a lead.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz, process

from traboule.core.language.spelling import western_digits
from traboule.linkage.things.pairs import Integers, number_keys, pairs_sharing_keys, unique_codes
from traboule.linkage.things.rows import Row
from traboule.linkage.things.scoring import MISSING, Levels, ThingComparison, quantity_code
from traboule.linkage.things.shingles import Signs, agreement, band_keys, readable, signatures

# Shingles are shorter where words are not separated by spaces, because a character says more.
_SPACED, _UNSPACED = 6, 3
_SHORTEST = {_SPACED: 60, _UNSPACED: 18}
_LONGEST = 5_000
_MOST_IN_BAND, _MOST_BY_CONTACT = 80, 60
_SIMILAR, _NEARLY = 0.4, 0.65
_SIMILAR_RATIO, _NEARLY_RATIO = 72.0, 86.0

_NET = re.compile(
    r"(?<![\w.+\-])[\w.+\-]+@[\w\-]+(?:\.[\w\-]+)+|(?:https?://|www\.)\S+|\b(?:t\.me|wa\.me)/\S+|(?<!\w)@\w{3,}"
)
# The pattern begins with a single character class, which the engine can search for fast; a plus is optional.
_PHONE = re.compile(r"[+\d*•](?:(?<=\+)[\d*•])?[\d*•\s().\-/]{5,}[\d*•]")
_NO_DIGIT = re.compile(r"\D")
# Arabic vowel marks, tatweel and invisible signs, which are inserted into words to evade filters.
_UNSEEN = re.compile(r"[\u064b-\u065f\u0670\u0640\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_WORDS = re.compile(r"[^\W\d_]+")
# The same for ASCII in a tenth of the time: letters become lower case, everything else separates words.
_LETTERS = bytes(sign | 0x20 if chr(sign).isalpha() and sign < 128 else 0x20 for sign in range(256))
_HAN = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class AdvertText:
    """An advert's words in lower case, with phones, links and numbers masked, and the contacts it gives."""

    words: str
    contacts: frozenset[str]


def advert_text(value: str) -> AdvertText:
    """Return what of an advert is compared; a phone counts by its last eight digits, a masked one not at all."""
    plain = value[:_LONGEST]
    if not plain.isascii():
        plain = _UNSEEN.sub("", plain)
        if not unicodedata.is_normalized("NFKC", plain):
            plain = unicodedata.normalize("NFKC", plain)
    plain = plain.casefold()
    contacts: set[str] = set()

    def on_the_net(match: re.Match[str]) -> str:
        contacts.add(match.group().rstrip("/.,;)"))
        return " "

    if "@" in plain or "/" in plain or "www." in plain:
        plain = _NET.sub(on_the_net, plain)
    for phone in _PHONE.findall(plain):
        digits = western_digits(_NO_DIGIT.sub("", phone))
        if 7 <= len(digits) <= 15 and "*" not in phone and "•" not in phone:
            contacts.add(digits[-8:])
    return AdvertText(_words(plain), frozenset(contacts))


def _words(plain: str) -> str:
    if plain.isascii():
        return b" ".join(plain.encode().translate(_LETTERS).split()).decode()
    return " ".join(_WORDS.findall(plain))


def compare_adverts(rows: Sequence[Row], judged_pairs: Integers) -> ThingComparison:
    """Return the pairs of ``rows`` that may be one advert, and the ``judged_pairs`` (see
    :func:`pairs_sharing_keys`)."""
    read = {value: advert_text(value) for value in {row.value for row in rows}}
    texts = [read[row.value] for row in rows]
    first: dict[str, int] = {}
    leader = np.array(
        [first.setdefault(text.words, place) if text.words else place for place, text in enumerate(texts)],
        dtype=np.int64,
    )
    words = sorted(first.values())
    codes, similarity = [judged_pairs, _to_leaders(leader)], _AdvertSimilarity(texts)
    skipped: dict[str, int] = {}
    for width in (_SPACED, _UNSPACED):
        group = [place for place in words if _width(texts[place].words) == width]
        pairs, left_out = similarity.add(np.array(group, dtype=np.int64), width, len(rows))
        codes.append(pairs)
        skipped |= {f"adverts by shingles of {width}": left_out} if left_out else {}
    keys, holders = number_keys(
        (contact, place) for place, text in enumerate(texts) for contact in sorted(text.contacts)
    )
    by_contact = pairs_sharing_keys([("adverts by contact", keys, holders)], len(rows), most=_MOST_BY_CONTACT)
    size = max(len(rows), 1)
    unique = unique_codes(np.concatenate([*codes, by_contact.left * size + by_contact.right]))
    left, right = unique // size, unique % size
    return _compare_texts(texts, left, right, similarity, skipped | dict(by_contact.skipped))


def _compare_texts(
    texts: Sequence[AdvertText], left: Integers, right: Integers, similarity: _AdvertSimilarity, skipped: dict[str, int]
) -> ThingComparison:
    levels = {"advert_text": similarity.levels(left, right), "advert_contact": _contacts(texts, left, right)}
    medium = {"advert_text": levels["advert_text"] >= 2, "advert_contact": levels["advert_contact"] == 1}
    return ThingComparison(
        "advert",
        left,
        right,
        levels,
        medium=medium,
        skipped=skipped,
        field_codes=lambda place: similarity.field_codes(texts[place]),
    )


def _to_leaders(leader: Integers) -> Integers:
    """Return the pairs of each text with the first equal one."""
    followers = np.flatnonzero(leader != np.arange(len(leader)))
    return leader[followers] * np.int64(max(len(leader), 1)) + followers


def _width(words: str) -> int:
    begins = words[:80]
    if begins.isascii():
        return _SPACED
    return _UNSPACED if len(_HAN.findall(begins)) * 2 > len(begins) else _SPACED


class _AdvertSimilarity:
    """The signatures of the distinct texts, and the levels of pairs of texts."""

    def __init__(self, texts: Sequence[AdvertText]) -> None:
        self._words = [text.words for text in texts]
        self._place: dict[str, tuple[int, int]] = {}
        self._signs: dict[int, Signs] = {}

    def add(self, group: Integers, width: int, size: int) -> tuple[Integers, int]:
        """Add the texts at ``group``; return the pairs of them that share a band, and how many were skipped."""
        long_enough = [place for place in group.tolist() if len(self._words[place]) >= _SHORTEST[width]]
        places = np.array(long_enough, dtype=np.int64)
        signs = signatures([self._words[place] for place in long_enough], width=width)
        self._signs[width] = signs
        self._place |= {self._words[place]: (width, row) for row, place in enumerate(long_enough)}
        has_shingles = np.flatnonzero(readable(signs)) if len(signs) else np.zeros(0, dtype=np.int64)
        keyed = [(str(width), keys, has_shingles) for keys in band_keys(signs[has_shingles])]
        pairs = pairs_sharing_keys(keyed, len(signs), most=_MOST_IN_BAND)
        is_similar = agreement(signs, pairs.left, pairs.right) >= _SIMILAR - 0.1
        left, right = places[pairs.left[is_similar]], places[pairs.right[is_similar]]
        return np.minimum(left, right) * size + np.maximum(left, right), sum(pairs.skipped.values())

    def field_codes(self, text: AdvertText) -> dict[str, str]:
        """Return what an advert holds: a text long enough to be compared or not, and how many contacts."""
        state = "held" if text.words in self._place else "short"
        return {"advert_text": state if text.words else "missing", "advert_contact": quantity_code(text.contacts)}

    def levels(self, left: Integers, right: Integers) -> Levels:
        """Return 3 for the same text, 2 nearly the same, 1 similar, 0 neither, MISSING where a text is too short."""
        no_key = (-1, -1)
        left_keys = [self._place.get(self._words[place], no_key) for place in left.tolist()]
        right_keys = [self._place.get(self._words[place], no_key) for place in right.tolist()]
        levels = np.full(len(left), MISSING, dtype=np.int8)
        for width, signs in self._signs.items():
            both = np.array(
                [
                    left_key[0] == width and right_key[0] == width
                    for left_key, right_key in zip(left_keys, right_keys, strict=True)
                ],
                dtype=np.bool_,
            )
            places = np.flatnonzero(both)
            if not len(places):
                continue
            rows = np.array([[left_keys[place][1], right_keys[place][1]] for place in places.tolist()], dtype=np.int64)
            share = agreement(signs, rows[:, 0], rows[:, 1])
            ratio = self._ratio(left[places], right[places])
            same = rows[:, 0] == rows[:, 1]
            levels[places] = np.select(
                [
                    same,
                    (share >= _NEARLY) | (ratio >= _NEARLY_RATIO),
                    (share >= _SIMILAR) | (ratio >= _SIMILAR_RATIO),
                ],
                [3, 2, 1],
                default=0,
            )
        return levels

    def _ratio(self, left: Integers, right: Integers) -> npt.NDArray[np.float64]:
        left_words, right_words = ([self._words[place] for place in side.tolist()] for side in (left, right))
        return process.cpdist(left_words, right_words, scorer=fuzz.ratio, dtype=np.float64, workers=1)


def _contacts(texts: Sequence[AdvertText], left: Integers, right: Integers) -> Levels:
    """Return 1 where two adverts share a contact, 0 where they do not, MISSING where one gives none."""
    levels = []
    for i, j in zip(left.tolist(), right.tolist(), strict=True):
        ours, theirs = texts[i].contacts, texts[j].contacts
        levels.append(MISSING if not ours or not theirs else int(not ours.isdisjoint(theirs)))
    return np.array(levels, dtype=np.int8)
