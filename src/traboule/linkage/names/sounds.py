"""How a romanised token sounds, as far as every script agrees: classes of consonants, in order.

In comes a token of small Latin letters; out goes its skeleton, such as "NNT" for mohamed, muhammad and محمد alike. It
promises: pure, never empty, vowels never count where two consonants or more remain. Arabic and Hebrew write few
vowels, so a skeleton is the most that two scripts can share.
"""

from __future__ import annotations

import re
from functools import lru_cache

from traboule.linkage.names.tokens import standing_for

# Letters written together that are one sound; longest first.
_TOGETHER: tuple[tuple[str, str], ...] = (
    ("schtsch", "s"),
    ("tsch", "s"),
    ("shch", "s"),
    ("dsch", "s"),
    ("tch", "s"),
    ("sch", "s"),
    ("dzh", "s"),
    ("ssh", "s"),
    ("zh", "s"),
    ("ch", "s"),
    ("sh", "s"),
    ("cz", "s"),
    ("ts", "s"),
    ("tz", "s"),
    ("dz", "s"),
    ("dj", "s"),
    ("hs", "s"),
    ("ph", "f"),
    ("th", "t"),
    ("kh", "k"),
    ("gh", "k"),
    ("ck", "k"),
    ("qu", "k"),
)
_REPLACED = dict(_TOGETHER)
_PATTERN = re.compile("|".join(letters for letters, _ in _TOGETHER))
_CLASSES = {
    **dict.fromkeys("bpfv", "P"),
    **dict.fromkeys("ckgq", "K"),
    **dict.fromkeys("szj", "S"),
    **dict.fromkeys("dt", "T"),
    **dict.fromkeys("lr", "L"),
    **dict.fromkeys("mn", "N"),
}
_SOFT_C = re.compile(r"c(?=[eiy])|(?<=[vnjl]i)c$")
# In these endings of Polish and German spelling w is the consonant; elsewhere it is a vowel or silent.
_SLAVIC = re.compile(r"(?:sk[iy]|ska|icz|ow|ew|owa|ewa|wna|owic|owich)$")
_SAME_LETTER = re.compile(r"([a-z])\1+")
_VOWEL_SPELLINGS = (
    ("ee", "i"),
    ("oo", "u"),
    ("ou", "u"),
    ("ow", "u"),
    ("ie", "i"),
    ("y", "i"),
    ("ii", "i"),
    ("uu", "u"),
)


@lru_cache(maxsize=400_000)
def skeleton(token: str) -> str:
    """Return the consonant classes of ``token``; with fewer than two, the folded token itself behind a sign.

    A doubled letter counts once, so that Mohammed and Mohamed agree.
    """
    spelling = standing_for(token)
    classes = _classes(spelling)
    return classes if len(classes) >= 2 else f"{classes}_{folded(spelling)}"


def loose_sound(token: str) -> str:
    """Return a skeleton in which sounds that countries write with one letter are one (Jamal, Gamal).

    With fewer than two classes, it says only whether the token begins with a vowel: Alaoui and العلوي agree.
    """
    spelling = standing_for(token)
    classes = _classes(spelling)
    if len(classes) >= 2:
        return classes.replace("S", "K")
    if not classes:
        return f"_{folded(spelling)}"
    return f"{classes.replace('S', 'K')}_{'A' if spelling[0] in 'aeiou' else ''}"


def _classes(spelling: str) -> str:
    if _SLAVIC.search(spelling):
        spelling = spelling.replace("w", "v")
    sound = _PATTERN.sub(lambda found: _REPLACED[found.group()], _SAME_LETTER.sub(r"\1", spelling))
    sound = _SOFT_C.sub("s", sound)
    sound = ("s" + sound[1:] if sound.startswith("x") else sound).replace("x", "ks")
    return "".join(_CLASSES.get(letter, "") for letter in sound)


@lru_cache(maxsize=400_000)
def folded(token: str) -> str:
    """Return ``token`` with the commonest spellings of one vowel made one: lee and li, youssef and yusuf agree."""
    for spelling, one in _VOWEL_SPELLINGS:
        token = token.replace(spelling, one)
    return token[:-1] if len(token) > 2 and token.endswith("h") and token[-2] in "aeiou" else token
