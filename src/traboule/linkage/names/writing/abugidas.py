"""Romanise abugidas, where a consonant carries a vowel unless a sign says otherwise: Indic scripts, Lao, Burmese,
Ethiopic.

Input: a cleaned word. Output: Latin letters, in the customary spelling of its speakers. An unknown sign gives no
letter.

The Indic scripts share one order in Unicode, so all are read as Devanagari (Unicode Standard, chapter 12). Burmese is
read by syllables, after the customary spelling of names in Myanmar (a vowel and its final consonant are one sound).
"""

from __future__ import annotations

import re

from anyascii import anyascii


def _letter_sounds(letters: str, sounds: str) -> dict[str, str]:
    """Return the sound of each letter."""
    return dict(zip(letters, sounds.split(), strict=True))


_CONSONANTS = _letter_sounds(
    "कखगघङचछजझञटठडढणतथदधनऩपफबभमयरऱलळऴवशषसह",
    "k kh g gh ng ch chh j jh n t th d dh n t th d dh n n p ph b bh m y r r l l l v sh sh s h",
)
# With a dot below, which comes as a sign of its own.
_DOTTED = {"ड": "\u095c", "ढ": "\u095d", "ज": "\u095b", "फ": "\u095e"}
_CONSONANTS |= {"\u095c": "r", "\u095d": "rh", "\u095b": "z", "\u095e": "f"}
_DOT = "\u093c"
_VOWELS = _letter_sounds("अआइईउऊऋएऐओऔऎऒऍऑ", "a a i i u u ri e ai o au e o e o")
_SIGNS = _letter_sounds("ािीुूृेैोौॆॊॅॉ", "a i i u u ri e ai o au e o e o")
_SILENT, _NASALS = "्", "ंँ"
_LIPS, _LATIN_VOWELS = frozenset("पफबभम"), frozenset("aeiou")
# Where the scripts of the south begin, which sound the vowel of the last consonant, and Tamil among them.
_DEVANAGARI, _BLOCK, _SOUTH, _TAMIL, _SINHALA = 0x0900, 0x80, 0x0B80, 0x0B80, 0x0D80
# The nasal and the doubling sign of Gurmukhi, and the t without vowel of Bengali.
_EXTRA_SIGNS = {"\u0a70": "ं", "\u0a71": "", "\u09ce": "त" + _SILENT}
_MALAYALAM_FINALS = _letter_sounds("ൺൻർൽൾൿ", "ण न र ल ळ क")
_SINHALA_LETTERS = str.maketrans(
    dict(zip("අආඉඊඋඌඑඒඓඔඕඖඇඈ", "अआइईउऊएएऐओओऔअआ", strict=True))
    | dict(zip("කඛගඝඞචඡජඣඤටඨඩඪණතථදධනපඵබභමයරලවශෂසහළෆ", "कखगघङचछजझञटठडढणतथदधनपफबभमयरलवशषसहळप", strict=True))
    | dict(zip("ාිීුූෙේෛොෝෞැෑ", "ािीुूेेैोोौाा", strict=True))
    | {"්": _SILENT, "ං": "ं", "ඟ": "ङग", "ඳ": "नद", "ඬ": "णड", "ඹ": "मब", "ඥ": "ञ"}
)
_BEHIND_NASAL, _DENTAL = frozenset("ङञणनमऩ"), "त"
# In Tamil one letter stands for a voiced and a voiceless sound.
_TAMIL_VOICED = {"k": "g", "ch": "s", "t": "d", "p": "b"}
_IMPLICIT_VOWEL = "A"  # An inherent vowel, until it is clear whether it sounds.
# Behind o, Bengali writes a y that only parts two vowels.
_BENGALI_Y = re.compile("(?<=[োও])য(?:\u09bc)?|\u09df(?<=[োও]\u09df)")


def _as_devanagari(word: str) -> str:
    letters = []
    for mark in _BENGALI_Y.sub("", word).translate(_SINHALA_LETTERS):
        point = ord(mark)
        if mark in _MALAYALAM_FINALS:
            letters.append(_MALAYALAM_FINALS[mark] + _SILENT)
        elif mark in _EXTRA_SIGNS:
            letters.append(_EXTRA_SIGNS[mark])
        else:
            letters.append(chr(_DEVANAGARI + point % _BLOCK) if _DEVANAGARI <= point < _SINHALA else mark)
    text = "".join(letters)
    for plain, dotted in _DOTTED.items() if _DOT in text else ():
        text = text.replace(plain + _DOT, dotted)
    return text.replace(_DOT, "")


def indic(word: str) -> str:
    """Return a word of an Indic script as it is spelled in Latin letters."""
    first = ord(word[0]) if word else 0
    south, tamil = first >= _SOUTH or "\u0d80" <= word[:1] < "\u0e00", _TAMIL <= first < _TAMIL + _BLOCK
    # Tamil spells the sound ksh of other languages by two stops.
    marks, place = _as_devanagari(word.replace("ட்ச", "க்ஷ")), 0
    sounds: list[str] = []
    while place < len(marks):
        mark, after = marks[place], marks[place + 1 : place + 2]
        if mark in _CONSONANTS:
            sound = _CONSONANTS[mark]
            if tamil and mark == _DENTAL:
                sound = "d" if place > 1 and marks[place - 2] in _BEHIND_NASAL else "th"
            elif tamil and sound in _TAMIL_VOICED and _voiced(marks, place, sounds):
                sound = _TAMIL_VOICED[sound]
            sounds.append("s" if tamil and sound == "ch" and not sounds else sound)
            if after == _SILENT:
                place += 1
            elif after not in _SIGNS:
                sounds.append(_IMPLICIT_VOWEL)
        elif mark in _NASALS:
            sounds.append("m" if after in _LIPS else "n")
        else:
            sounds.extend(vowel for vowel in [_VOWELS.get(mark) or _SIGNS.get(mark)] if vowel)
        place += 1
    return "".join(sounds if south else _northern(sounds)).lower()


def _northern(sounds: list[str]) -> list[str]:
    """Return sounds without the inherent vowels that northern languages drop: the last one, and those between two
    consonants with a vowel on either side. After two consonants the last one sounds: Krishna."""
    vowel = [sound[:1].lower() in _LATIN_VOWELS for sound in sounds]
    last, consonants = len(sounds) - 1, 0
    while last - consonants > 0 and not vowel[last - 1 - consonants]:
        consonants += 1
    nasal = consonants == 2 and sounds[last - 2] in ("n", "m")
    if sounds and sounds[last] == _IMPLICIT_VOWEL and any(vowel[:last]) and (consonants == 1 or nasal):
        sounds = [*sounds[:last], ""]
    for place in range(len(sounds) - 3, 1, -1):
        if sounds[place] == _IMPLICIT_VOWEL and not vowel[place - 1] and vowel[place - 2]:
            after = place + 1
            while after < len(sounds) and not vowel[after]:
                after += 1
            if place + 1 < after < len(sounds) and sounds[after]:
                sounds = [*sounds[:place], "", *sounds[place + 1 :]]
    return sounds


def _voiced(marks: str, place: int, sounds: list[str]) -> bool:
    """Tell whether a Tamil stop is voiced: single between vowels, or after a nasal."""
    if not sounds:
        return False
    mark = marks[place]
    doubled = marks[place + 1 : place + 3] == _SILENT + mark or marks[place - 2 : place] == mark + _SILENT
    behind_nasal = marks[place - 1] == _SILENT and marks[place - 2] in _BEHIND_NASAL
    alone = marks[place - 1] != _SILENT and marks[place + 1 : place + 2] != _SILENT
    return not doubled and (behind_nasal or alone)


_LAO_FIRST = re.compile("([ເແໂໃໄ])([ກ-ຮໜໝ]ຼ?)")
_LAO_O, _LAO_V = re.compile("(?<=[ກ-ຮໜໝ])ອ"), re.compile("(?<=[ກ-ຮ])ຽ")


def lao(word: str) -> str:
    """Return a Lao word romanised, with vowels written before their consonant moved after it."""
    word = _LAO_V.sub("ີ", _LAO_O.sub("ົ", word.replace("\u0ecdາ", "ັມ")))
    return anyascii(_LAO_FIRST.sub(r"\2\1", word)).replace("gn", "y")


_BURMESE_FIRST = _letter_sounds(
    "ကခဂဃငစဆဇဈညဉဋဌဍဎဏတထဒဓနပဖဗဘမယရလဝသဟဠအဿ",
    "k kh g g ng s s z z ny ny t ht d d n t ht d d n p ph b b m y y l w th h l - th",
)
_BURMESE_WHOLE = {"ဣ": "i", "ဤ": "i", "ဥ": "u", "ဦ": "u", "ဧ": "e", "ဩ": "aw", "ဪ": "aw"}
_MEDIALS = {"ျ": "y", "ြ": "y", "ွ": "w", "ှ": "h"}
_BURMESE_VOWELS = {"": "a", "ာ": "ar", "ါ": "ar", "ိ": "i", "ီ": "i", "ု": "u", "ူ": "u", "ေ": "ay", "ဲ": "e", "ော": "aw"}
_BURMESE_VOWELS |= {"ေါ": "aw", "ို": "o"}
_FINALS = {
    "": _letter_sounds("ကငစညဉတနပမယရလသဏ", "et in it i in at an at an e a a at an"),
    "ာ": {"န": "an", "တ": "at", "မ": "an", "ယ": "e"},
    "ော": {"က": "auk", "င": "aung"},
    "ို": {"က": "aik", "င": "aing", "ယ": "o", "လ": "o"},
    "ိ": _letter_sounds("တနပမ", "eik ein eik ein"),
    "ု": _letter_sounds("တနပမ", "ok on ok on"),
    "ေ": {"တ": "it", "န": "in", "ယ": "ay"},
}
_SYLLABLE = re.compile("([က-အဿ])([ျြွှ]*)((?:ေ[ာါ]|ို|[ာါိီုူေဲ])?)([ံ]?)[့း်]*(?:([က-အ])(?:[့း]*်[့း]*|(?=္)))?[့း]*|([ဣဤဥဦဧဩဪ])[့း]*")


def burmese(word: str) -> str:
    """Return a Burmese word in the customary spelling of names in Myanmar."""
    return "".join(burmese_syllables(word))


def burmese_syllables(word: str) -> list[str]:
    """Return the syllables of a Burmese word, which Latin letters write separately."""
    syllables = [(sound, match.end()) for match in _SYLLABLE.finditer(word) if (sound := _burmese_syllable(match))]
    joined: list[str] = []
    for place, (sound, _) in enumerate(syllables):
        # A stacked sign belongs to the same word.
        if place and word[syllables[place - 1][1] : syllables[place - 1][1] + 1] == "္":
            joined[-1] += sound
        else:
            joined.append(sound)
    return joined


def _burmese_syllable(match: re.Match[str]) -> str:
    first, medials, vowel, dot, final, independent = match.groups()
    if independent:
        return _BURMESE_WHOLE[independent]
    vowel = vowel.replace("ါ", "ာ")
    sound = _BURMESE_FIRST.get(first, "").replace("-", "")
    spoken = "".join(_MEDIALS[mark] for mark in medials)
    creaky = "့" in match.group()
    if sound == "kh" and spoken[:1] == "y":
        sound, spoken = "ch", spoken[1:]
    if "h" in spoken:
        spoken = spoken.replace("h", "")
        sound = "sh" if first in "ရယ" or (first == "လ" and "y" in spoken) else "h" + sound
        spoken = spoken.replace("y", "") if sound == "sh" else spoken
    rhyme = _FINALS.get(vowel, {}).get(final or "") if final else None
    if rhyme is None:
        rhyme = ("on" if vowel == "ု" else "an" if not vowel else "ein") if dot else _BURMESE_VOWELS.get(vowel, "a")
    if "w" in spoken and rhyme in ("an", "at"):
        spoken, rhyme = spoken.replace("w", ""), {"an": "un", "at": "ut"}[rhyme]
    if not sound and vowel == "ေ" and not final:
        return "aye"
    return sound + spoken + rhyme + ("t" if creaky and final and rhyme.endswith("n") else "")


# The vowels of a row of Ethiopic letters; the sixth sounds only where it parts consonants.
_ETHIOPIC, _ROW, _ORDERS, _CARRIERS = 0x1200, 8, ("e", "u", "i", "a", "e", "", "o", "wa"), frozenset("አዐ")


def ethiopic(word: str) -> str:
    """Return an Ethiopic word romanised. The sixth vowel sounds after a first consonant, and between three
    consonants."""
    sounds: list[str] = []
    for place, mark in enumerate(word):
        row, order = divmod(ord(mark) - _ETHIOPIC, _ROW)
        first = chr(_ETHIOPIC + row * _ROW)
        consonant = "" if first in _CARRIERS else anyascii(first).lower().rstrip("aeiou")
        vowel = "a" if not consonant and order == 0 else _ORDERS[order]
        last = place == len(word) - 1
        before = sounds[-1][-1:] if sounds else ""
        if not vowel and not last and chr(ord(word[place + 1]) // _ROW * _ROW) not in _CARRIERS:
            vowel = "i" if before not in _LATIN_VOWELS or not before else ""
        parted = last and not vowel and before and before not in _LATIN_VOWELS
        sounds.append(("i" if parted and consonant == before else "") + consonant + vowel)
    return "".join(sounds)
