"""Adverts: the same job offer posted again with a few words changed, in any language.

In come rows of the kind ``advert``; out go the pairs that are likely one advert, and how alike. It promises: pure; a
few words changed, another phone number or another wage leave two adverts alike; adverts that are one text once phones,
links and numbers are masked are each linked to the first of them, not each with each; a text too short to be told from
others links by its contact alone, and then is a lead.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz, process

from traboule.core.spelling import western_digits
from traboule.linkage.things.pairs import Integers, numbered, once, sharing
from traboule.linkage.things.rows import Row
from traboule.linkage.things.shingles import Signs, agreement, band_keys, readable, signatures
from traboule.linkage.things.weighed import MISSING, Compared, Levels, many

# Where words are not parted by spaces a shingle is shorter, because a character says more.
_SPACED, _UNSPACED = 6, 3
_SHORTEST = {_SPACED: 60, _UNSPACED: 18}
_LONGEST = 5_000
_MOST_IN_BAND, _MOST_BY_CONTACT = 80, 60
_ALIKE, _NEARLY = 0.4, 0.65
_ALIKE_RATIO, _NEARLY_RATIO = 72.0, 86.0

_NET = re.compile(
    r"(?<![\w.+\-])[\w.+\-]+@[\w\-]+(?:\.[\w\-]+)+|(?:https?://|www\.)\S+|\b(?:t\.me|wa\.me)/\S+|(?<!\w)@\w{3,}"
)
# It begins with one set of signs, so that the engine leaps from digit to digit; a plus is taken where there is one.
_PHONE = re.compile(r"[+\d*•](?:(?<=\+)[\d*•])?[\d*•\s().\-/]{5,}[\d*•]")
_NO_DIGIT = re.compile(r"\D")
# Arabic vowel marks and tatweel, and signs nobody sees, which are put into words to slip past filters.
_UNSEEN = re.compile(r"[\u064b-\u065f\u0670\u0640\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_WORDS = re.compile(r"[^\W\d_]+")
# The same for a text in ASCII, where it takes a tenth of the time: small letters stay, all else parts words.
_LETTERS = bytes(sign | 0x20 if chr(sign).isalpha() and sign < 128 else 0x20 for sign in range(256))
_HAN = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class Text:
    """An advert's words in small letters, phones, links and numbers masked, and the contacts it gives."""

    words: str
    contacts: frozenset[str]


def advert_text(value: str) -> Text:
    """Return what of an advert is compared; a phone counts by its last eight digits, masked ones not at all."""
    plain = value[:_LONGEST]
    if not plain.isascii():
        plain = _UNSEEN.sub("", plain)
        if not unicodedata.is_normalized("NFKC", plain):
            plain = unicodedata.normalize("NFKC", plain)
    plain = plain.casefold()
    contacts: set[str] = set()

    def on_the_net(found: re.Match[str]) -> str:
        contacts.add(found.group().rstrip("/.,;)"))
        return " "

    if "@" in plain or "/" in plain or "www." in plain:
        plain = _NET.sub(on_the_net, plain)
    for phone in _PHONE.findall(plain):
        digits = western_digits(_NO_DIGIT.sub("", phone))
        if 7 <= len(digits) <= 15 and "*" not in phone and "•" not in phone:
            contacts.add(digits[-8:])
    return Text(_words(plain), frozenset(contacts))


def _words(plain: str) -> str:
    if plain.isascii():
        return b" ".join(plain.encode().translate(_LETTERS).split()).decode()
    return " ".join(_WORDS.findall(plain))


def compare_adverts(rows: Sequence[Row], judged: Integers) -> Compared:
    """Return the pairs of ``rows`` that may be one advert, and those ``judged`` (see :func:`sharing`)."""
    read = {value: advert_text(value) for value in {row.value for row in rows}}
    texts = [read[row.value] for row in rows]
    first: dict[str, int] = {}
    leader = np.array(
        [first.setdefault(text.words, place) if text.words else place for place, text in enumerate(texts)],
        dtype=np.int64,
    )
    words = sorted(first.values())
    codes, likeness = [judged, _to_leaders(leader)], _Likeness(texts)
    skipped: dict[str, int] = {}
    for width in (_SPACED, _UNSPACED):
        group = [place for place in words if _width(texts[place].words) == width]
        found, left_out = likeness.add(np.array(group, dtype=np.int64), width, len(rows))
        codes.append(found)
        skipped |= {f"adverts by shingles of {width}": left_out} if left_out else {}
    keys, holders = numbered((contact, place) for place, text in enumerate(texts) for contact in sorted(text.contacts))
    by_contact = sharing([("adverts by contact", keys, holders)], len(rows), most=_MOST_BY_CONTACT)
    size = max(len(rows), 1)
    unique = once(np.concatenate([*codes, by_contact.left * size + by_contact.right]))
    left, right = unique // size, unique % size
    return _compared(texts, left, right, likeness, skipped | dict(by_contact.skipped))


def _compared(
    texts: Sequence[Text], left: Integers, right: Integers, likeness: _Likeness, skipped: dict[str, int]
) -> Compared:
    levels = {"advert_text": likeness.levels(left, right), "advert_contact": _contacts(texts, left, right)}
    medium = {"advert_text": levels["advert_text"] >= 2, "advert_contact": levels["advert_contact"] == 1}
    return Compared(
        "advert", left, right, levels, medium=medium, skipped=skipped, holds=lambda place: likeness.held(texts[place])
    )


def _to_leaders(leader: Integers) -> Integers:
    """Return the pairs of each text with the first that is the same."""
    followers = np.flatnonzero(leader != np.arange(len(leader)))
    return leader[followers] * np.int64(max(len(leader), 1)) + followers


def _width(words: str) -> int:
    begins = words[:80]
    if begins.isascii():
        return _SPACED
    return _UNSPACED if len(_HAN.findall(begins)) * 2 > len(begins) else _SPACED


class _Likeness:
    """The signatures of all texts, each once, and the levels of pairs of texts."""

    def __init__(self, texts: Sequence[Text]) -> None:
        self._words = [text.words for text in texts]
        self._place: dict[str, tuple[int, int]] = {}
        self._signs: dict[int, Signs] = {}

    def add(self, group: Integers, width: int, size: int) -> tuple[Integers, int]:
        """Take in the texts at ``group``; return the pairs of them that share a band, and how many were skipped."""
        long_enough = [place for place in group.tolist() if len(self._words[place]) >= _SHORTEST[width]]
        places = np.array(long_enough, dtype=np.int64)
        signs = signatures([self._words[place] for place in long_enough], width=width)
        self._signs[width] = signs
        self._place |= {self._words[place]: (width, row) for row, place in enumerate(long_enough)}
        known = np.flatnonzero(readable(signs)) if len(signs) else np.zeros(0, dtype=np.int64)
        keyed = [(str(width), keys, known) for keys in band_keys(signs[known])]
        found = sharing(keyed, len(signs), most=_MOST_IN_BAND)
        alike = agreement(signs, found.left, found.right) >= _ALIKE - 0.1
        left, right = places[found.left[alike]], places[found.right[alike]]
        return np.minimum(left, right) * size + np.maximum(left, right), sum(found.skipped.values())

    def held(self, text: Text) -> dict[str, str]:
        """Return what an advert holds: a text long enough to be compared or not, and how many contacts."""
        known = "held" if text.words in self._place else "short"
        return {"advert_text": known if text.words else "missing", "advert_contact": many(text.contacts)}

    def levels(self, left: Integers, right: Integers) -> Levels:
        """Return 3 the same, 2 nearly, 1 alike, 0 neither, MISSING where a text is too short to say."""
        nothing = (-1, -1)
        ones = [self._place.get(self._words[place], nothing) for place in left.tolist()]
        others = [self._place.get(self._words[place], nothing) for place in right.tolist()]
        levels = np.full(len(left), MISSING, dtype=np.int8)
        for width, signs in self._signs.items():
            both = np.array(
                [one[0] == width and other[0] == width for one, other in zip(ones, others, strict=True)], dtype=np.bool_
            )
            places = np.flatnonzero(both)
            if not len(places):
                continue
            rows = np.array([[ones[place][1], others[place][1]] for place in places.tolist()], dtype=np.int64)
            share = agreement(signs, rows[:, 0], rows[:, 1])
            ratio = self._ratio(left[places], right[places])
            same = rows[:, 0] == rows[:, 1]
            levels[places] = np.select(
                [
                    same,
                    (share >= _NEARLY) | (ratio >= _NEARLY_RATIO),
                    (share >= _ALIKE) | (ratio >= _ALIKE_RATIO),
                ],
                [3, 2, 1],
                default=0,
            )
        return levels

    def _ratio(self, left: Integers, right: Integers) -> npt.NDArray[np.float64]:
        ones, others = ([self._words[place] for place in side.tolist()] for side in (left, right))
        return process.cpdist(ones, others, scorer=fuzz.ratio, dtype=np.float64, workers=1)


def _contacts(texts: Sequence[Text], left: Integers, right: Integers) -> Levels:
    """Return 1 where two adverts give one contact, 0 where none is common, MISSING where one gives none."""
    found = []
    for one, other in zip(left.tolist(), right.tolist(), strict=True):
        ours, theirs = texts[one].contacts, texts[other].contacts
        found.append(MISSING if not ours or not theirs else int(not ours.isdisjoint(theirs)))
    return np.array(found, dtype=np.int8)
