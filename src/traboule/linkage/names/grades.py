"""How well two tokens agree, over arrays of pairs: from 0 (different) to 4 (the same).

In come :class:`Tokens` and pairs of their numbers; out go grades. It promises: symmetric; a pair's grade depends on its
two tokens alone. A Latin token and one in a script with learned weights are compared by these weights; two tokens of
one other script as they are written; all else by sound.

    4  the same as written, vowels spelled in the commonest ways
    3  the same by sound, by weight, or as spellings of one name
    2  close: a slip of the keyboard, another romanisation
    1  one is the other's initial
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from rapidfuzz import process
from rapidfuzz.distance import OSA, JaroWinkler

from traboule.linkage.fields.texts import column_of
from traboule.linkage.fields.texts import numbered as numbers_in
from traboule.linkage.names.groups import Integers, Packed
from traboule.linkage.names.letters import LEARNED, latin, numbered
from traboule.linkage.names.readings import (
    against_syllables,
    also_read,
    korean_sounds_of,
    one_script,
    reads_as_word,
    wade_giles_of,
)
from traboule.linkage.names.sounds import folded, folds_of, sounds_of, standing_for_all
from traboule.linkage.names.tokens import VOWELLESS, Word, standing_for, unlike_group
from traboule.linkage.names.transliteration import bits, weights

Levels = npt.NDArray[np.int8]
Flags = npt.NDArray[np.bool_]

INITIAL, CLOSE, SOUND, SAME = 1, 2, 3, 4
LATIN, OTHER = 0, -1
_SCRIPTS = tuple(LEARNED)
_BEGINNING = 3  # Classes of consonants.
# Bits of a pair by weight: sure of itself, leaning to one name, not against it, against it for all its sound.
SURE, LEANING, _OPEN, _AGAINST = 3.0, 0.5, -1.0, -3.5
_NEVER = -99.0


@dataclass(frozen=True)
class Tokens:
    """By token: numbers that are equal where tokens agree in sound, loosely, in letters, or as spellings of one name.

    ``script``: 0 Latin, then the place of its script among the learned ones from 1, else -1. ``native``: number of the
    token as written, -1 where that is Latin. ``letters_of``: the texts as Latin letters; ``signs_of``: by learned
    script the tokens written in it, ``sign_place`` the place of each there. ``read``: pairs of tokens (one times the
    number of tokens plus the other) where one is a reading of the other's characters, sorted.
    """

    texts: npt.NDArray[np.object_]
    sounds: Integers
    loose: Integers
    beginnings: Integers
    firsts: Integers
    families: Integers
    folds: Integers
    mandarin: Integers
    korean: Integers
    unlike: Integers
    marks: npt.NDArray[np.uint32]
    bare: Flags
    classes: Integers
    sizes: Integers
    initials: Integers
    script: npt.NDArray[np.int8]
    native: Integers
    natives: npt.NDArray[np.object_]
    signs: Integers
    letters_of: Packed
    signs_of: tuple[Packed, ...]
    sign_place: Integers
    read: Integers


def tokens_of(words: Sequence[Word]) -> dict[str, Any]:
    """Return the fields of :class:`Tokens` for ``words``, distinct and sorted."""
    texts = [word.text for word in words]
    column = column_of(texts)
    heard, loosely = sounds_of(column)
    sounds, loose = heard.to_pylist(), loosely.to_pylist()
    natives = [one_script(word.native) for word in words]
    signs, place = _signs(words)
    return {
        "texts": np.array(texts, dtype=object),
        "sounds": numbers_in(heard)[0],
        "loose": numbers_in(loosely)[0],
        "beginnings": _numbers([sound[:_BEGINNING] for sound in loose]),
        "firsts": _numbers([sound[:1] for sound in loose]),
        "families": numbers_in(standing_for_all(column))[0],
        "folds": numbers_in(folds_of(column))[0],
        "mandarin": numbers_in(wade_giles_of(column))[0],
        "korean": numbers_in(korean_sounds_of(column))[0],
        "unlike": np.array([unlike_group(text) for text in texts], dtype=np.int64),
        "marks": np.array([_marks(text) for text in texts], dtype=np.uint32),
        "bare": np.array([word.script in VOWELLESS for word in words], dtype=np.bool_),
        "classes": np.array([len(sound.split("_")[0]) for sound in sounds], dtype=np.int64),
        "sizes": np.array([len(text) for text in texts], dtype=np.int64),
        "initials": np.array([ord(text[0]) for text in texts], dtype=np.int64),
        "script": np.array([_script(word) for word in words], dtype=np.int8),
        "native": np.where([bool(native) for native in natives], _numbers(natives), -1),
        "signs": np.array([len(native) for native in natives], dtype=np.int64),
        "natives": np.array(natives, dtype=object),
        "letters_of": Packed.of([latin(text) for text in texts]),
        "signs_of": signs,
        "sign_place": place,
        "read": _read(words),
    }


def _script(word: Word) -> int:
    if word.script == "latin":
        return LATIN
    return _SCRIPTS.index(word.script) + 1 if word.script in LEARNED else OTHER


def _signs(words: Sequence[Word]) -> tuple[tuple[Packed, ...], Integers]:
    """Return by learned script the signs of its tokens, and the place of each token there (-1 elsewhere)."""
    place = np.full(len(words), -1, dtype=np.int64)
    packed = []
    for script in _SCRIPTS:
        rows = [row for row, word in enumerate(words) if word.script == script]
        known = weights(script).numbers if rows else {}
        packed.append(Packed.of([numbered(script, words[row].native, known) for row in rows]))
        place[rows] = np.arange(len(rows))
    return tuple(packed), place


def _read(words: Sequence[Word]) -> Integers:
    """Return the pairs of tokens of which one is another reading of the other's Chinese characters."""
    by_sound: dict[str, list[int]] = {}
    for row, word in enumerate(words):
        by_sound.setdefault(folded(standing_for(word.text)), []).append(row)
    codes = set()
    for row, word in enumerate(words):
        for reading in also_read(word.native) if word.script == "han" else ():
            for other in by_sound.get(folded(standing_for(reading)), ()):
                if words[other].script != "han":
                    codes.add(min(row, other) * len(words) + max(row, other))
    return np.array(sorted(codes), dtype=np.int64)


def _numbers(texts: Sequence[str]) -> Integers:
    number = {text: place for place, text in enumerate(sorted(set(texts)))}
    return np.array([number[text] for text in texts], dtype=np.int64)


def _marks(text: str) -> int:
    """Return the set of letters in ``text`` as bits."""
    found = 0
    for letter in text:
        found |= 1 << (ord(letter) - 97)
    return found


def grade(held: Tokens, a: Integers, b: Integers) -> Levels:
    """Return the grade of distinct pairs of tokens."""
    grades = _by_sound(held, a, b)
    at = np.flatnonzero(learned_pairs(held, a, b))
    grades[at] = _by_weight(held, a[at], b[at], grades[at])
    at = np.flatnonzero((held.native[a] >= 0) & (held.native[b] >= 0) & (held.script[a] == held.script[b]))
    grades[at] = _as_written(held, a[at], b[at], grades[at])
    if len(held.read):
        codes = np.minimum(a, b) * np.int64(len(held.texts)) + np.maximum(a, b)
        found = held.read[np.minimum(np.searchsorted(held.read, codes), len(held.read) - 1)] == codes
        grades[found & (grades < SOUND)] = SOUND
    unlike = (held.unlike[a] >= 0) & (held.unlike[a] == held.unlike[b]) & (held.families[a] != held.families[b])
    grades[unlike & (grades > INITIAL)] = 0
    return grades


def learned_pairs(held: Tokens, a: Integers, b: Integers) -> Flags:
    """Tell which pairs are of a Latin token and one with learned weights, neither an initial."""
    one, two = held.script[a], held.script[b]
    across = ((one == LATIN) & (two > LATIN)) | ((two == LATIN) & (one > LATIN))
    return np.asarray(across & (held.sizes[a] > 1) & (held.sizes[b] > 1))


def token_bits(held: Tokens, a: Integers, b: Integers) -> npt.NDArray[np.float32]:
    """Return the bits of pairs of a Latin token and a token with learned weights, in either order."""
    left, right = np.where(held.script[a] == LATIN, a, b), np.where(held.script[a] == LATIN, b, a)
    found = np.zeros(len(a), dtype=np.float32)
    for place, script in enumerate(_SCRIPTS, start=1):
        at = np.flatnonzero(held.script[right] == place)
        if len(at):
            signs = held.signs_of[place - 1]
            found[at] = bits(weights(script), held.letters_of, signs, left[at], held.sign_place[right[at]])
    return found


def _by_weight(held: Tokens, a: Integers, b: Integers, heard: Levels) -> Levels:
    """Return the grades of pairs across scripts by weight; what was heard counts unless the weight denies it."""
    if not len(a):
        return heard
    found = token_bits(held, a, b)
    korean = (held.korean[a] == held.korean[b]) & (np.minimum(held.sizes[a], held.sizes[b]) >= 4)
    spelled = (heard == SAME) | (held.families[a] == held.families[b]) | korean
    likely = np.flatnonzero((found >= _AGAINST) & ~spelled)
    found[likely[_denied(held, a[likely], b[likely])]] = _NEVER
    choices = [
        spelled,
        (found >= SURE) | ((heard == SOUND) & (found >= _OPEN)),
        (found >= LEANING) | ((heard >= CLOSE) & (found >= _AGAINST)),
    ]
    return np.select(choices, [np.maximum(heard, SOUND), SOUND, CLOSE], default=0).astype(np.int8)


def _denied(held: Tokens, a: Integers, b: Integers) -> Flags:
    """Tell of which pairs the characters themselves say that the Latin token is another name, whatever the weight."""
    here, there = np.where(held.script[a] == LATIN, b, a), np.where(held.script[a] == LATIN, a, b)
    found = np.zeros(len(a), dtype=np.bool_)
    for row in np.flatnonzero(held.script[here] == _SCRIPTS.index("han") + 1).tolist():
        native, token = held.natives[here[row]], held.texts[there[row]]
        found[row] = reads_as_word(native) or against_syllables(native, token)
    return found


def _as_written(held: Tokens, a: Integers, b: Integers, heard: Levels) -> Levels:
    """Return the grades of pairs written in one script that is not Latin."""
    equal = held.native[a] == held.native[b]
    vowelless = held.bare[a] & held.bare[b]
    # Without vowels, two names of the same consonants are two names; only their letters tell.
    apart = np.full(len(a), 9, dtype=np.int32)
    near = np.flatnonzero(vowelless & ~equal)
    if len(near):
        apart[near] = process.cpdist(
            held.natives[a[near]].tolist(),
            held.natives[b[near]].tolist(),
            scorer=OSA.distance,
            score_cutoff=2,
            dtype=np.int32,
            workers=1,
        )
    same_name = held.families[a] == held.families[b]
    slip = (apart == 1) & (np.minimum(held.sizes[a], held.sizes[b]) >= 5)
    written = np.select([slip, same_name], [CLOSE, SOUND], default=np.where(heard == INITIAL, INITIAL, 0))
    written = np.where(heard == SAME, SAME, written)
    # One syllable is written with many characters, each another name; a clerk who only heard it may take another.
    homophones = (held.script[a] == _SCRIPTS.index("han") + 1) & (heard >= SOUND)
    alone = held.signs[a] == 1
    choices = [equal, vowelless, homophones & alone, homophones]
    found = np.select(choices, [SAME, written, INITIAL, CLOSE], default=heard)
    return np.asarray(found, dtype=np.int8)


def _by_sound(held: Tokens, a: Integers, b: Integers) -> Levels:
    """Return the grades by spelling and sound of the tokens as romanised."""
    short = np.minimum(held.sizes[a], held.sizes[b])
    bare = held.bare[a] | held.bare[b]
    same = (held.folds[a] == held.folds[b]) & ~(bare & (short <= 1))
    common = np.bitwise_count(held.marks[a] & held.marks[b]).astype(np.int64)
    most = np.maximum(np.bitwise_count(held.marks[a]), np.bitwise_count(held.marks[b])).astype(np.int64)
    sounds = held.sounds[a] == held.sounds[b]
    loose = held.loose[a] == held.loose[b]
    likeness = np.zeros(len(a), dtype=np.float32)
    worth = np.flatnonzero(~same & (short >= 2) & ((common * 10 >= most * 6) | sounds | loose))
    if len(worth):
        likeness[worth] = process.cpdist(
            held.texts[a[worth]].tolist(),
            held.texts[b[worth]].tolist(),
            scorer=JaroWinkler.similarity,
            dtype=np.float32,
            workers=1,
        )
    initial = (short == 1) & (held.initials[a] == held.initials[b])
    # Few consonants agree by chance: Kane and Kone must be alike in their vowels as well.
    enough = np.where(np.minimum(held.classes[a], held.classes[b]) >= 3, 0.8, 0.9)
    heard = (sounds & (bare | (likeness >= enough))) | (loose & bare & (likeness >= 0.75))
    mandarin = (held.mandarin[a] == held.mandarin[b]) & (short >= 2)
    korean = (held.korean[a] == held.korean[b]) & (short >= 4)
    sound = heard | korean | (held.families[a] == held.families[b]) | (mandarin & (short >= 4))
    close = ((likeness >= 0.88) & (short >= 4)) | (loose & (bare | (likeness >= 0.7)) & (short >= 2)) | mandarin
    return np.select([same, sound, close, initial], [SAME, SOUND, CLOSE, INITIAL], default=0).astype(np.int8)
