"""From the text of a name to its tokens: which script, which words, romanised, without what carries no identity.

In comes what a clerk typed (any script, mixed, with titles, particles, marks, invisible signs); out go at most six
tokens of small Latin letters. It promises: pure, never raises, the same text gives the same tokens, empty text gives
none. Romanisation by anyascii; family name first where Han or Hangul is written without a space.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

from anyascii import anyascii

from traboule.core.words import catalogue
from traboule.linkage.names.readings import reads_as_word

LONGEST_TEXT, LONGEST_TOKEN, MOST_TOKENS = 200, 40, 6

# Unicode blocks of the scripts that names are filed in, as (first, last, script).
_BLOCKS: tuple[tuple[int, int, str], ...] = (
    (0x0041, 0x024F, "latin"),
    (0x0370, 0x03FF, "greek"),
    (0x0400, 0x052F, "cyrillic"),
    (0x0531, 0x058A, "armenian"),
    (0x0590, 0x05FF, "hebrew"),
    (0x0600, 0x06FF, "arabic"),
    (0x0750, 0x077F, "arabic"),
    (0x0900, 0x097F, "devanagari"),
    (0x0980, 0x09FF, "bengali"),
    (0x0A00, 0x0DFF, "indic"),
    (0x0E00, 0x0E7F, "thai"),
    (0x1000, 0x109F, "myanmar"),
    (0x10A0, 0x10FF, "georgian"),
    (0x1200, 0x139F, "ethiopic"),
    (0x1780, 0x17FF, "khmer"),
    (0x1E00, 0x1EFF, "latin"),
    (0x1F00, 0x1FFF, "greek"),
    (0x3040, 0x30FF, "kana"),
    (0x3400, 0x9FFF, "han"),
    (0xAC00, 0xD7AF, "hangul"),
    (0xFB1D, 0xFB4F, "hebrew"),
    (0xFB50, 0xFEFF, "arabic"),
    (0x20000, 0x3134F, "han"),
)
VOWELLESS = frozenset({"arabic", "hebrew", "thai"})
# Where clerks join words that belong together: apostrophes of every shape, ayn and hamza signs.
_JOINED = re.compile(r"['’‘ʼʻ`´ʿʾ׳״\"]")
# "Servant of" and "father of" belong to the word that follows; the article between is spelled in many ways.
_SERVANT_OF = re.compile(r"^abe?d(?:[aeou]{1,2}[ldrsntz]?|i[ldrsntz])?$")
_SON_OF_JOINED = re.compile(r"^(?:ben|bin|ibn)(?=[a-z]{3})")
_SERVANT_JOINED = re.compile(r"^abd(?:[aeiou]{1,2}(?:l|(?P<sun>[drsntz])(?=(?P=sun))))(?=[a-z]{3})")
_FATHER_OF = re.compile(r"^ab(?:u|ou|o|oo|w)$")
# God, and the faith, belong to the word before: Nasr Allah, Salah al-Din.
_GOD, _FAITH = re.compile(r"^(?:[aou]?llah|allh)$"), re.compile(r"^(?:[aeu][dl])?d(?:ie?|ee|y)ne?$")
_GOD_JOINED = re.compile(r"(?<=[a-z]{2})(?:[aeiou]{1,2}llah|[ou]u?lah|ulla)$")
_FAITH_JOINED = re.compile(r"(?<=[a-z]{2})[aeiou]{1,2}[dl]d(?:ie?|ee|y)ne?$")
JOINED = "|".join(each.pattern for each in (_SERVANT_OF, _FATHER_OF, _GOD, _FAITH))
AFFIXED = "^(?:al|el|ul|abd|ben|bin|ibn)|lah$|ulla$|d[iey]+ne?$"  # What may have such a word written in one with it.
_ARTICLES_APART = frozenset({"al", "el", "ul"})
_ARTICLES_OF_FAITH = _ARTICLES_APART | {"ad", "ed", "ud", "id"}
_ARTICLE_JOINED = re.compile(r"^(?:al|el|ul)(?=[bdfghjkmnqrstwyz][a-z]{3})")
_ARABIC_ARTICLE = re.compile(r"^ال(?![يكاه])(?=.{3})")
SYLLABLE = re.compile(
    r"(?:[bpmfdtnlgkhjqxrzcsyw]|zh|ch|sh|ts|tz|hs|kw|hw|rh|ss)?"
    r"(?:i?ao|i?ang?|u?ai|u?ang?|i?ong|ui|iu|ei|ou|ie|ue|uo|ia|ua|eng?|ing?|ung?|un|er|eo|eong?|eun|eul|oo[nkl]?|ee"
    r"|ark|oung|ien|ieh|ueh|iung|uei|eh|ih|yeong?|yu|oe|wi|wo[nk]|[aeiou][nmklpt]?|[ae]k|ok|uk|eok|hyun|hyeon|eung|eu[kn]|[ao]h|eol|yeol|yuk"
    r"|ae[kn]?|[iou]e?[tp]|[aiou]m|oi|ook|oong?|yung|yuen|ew|ow|euk|in[gk]?)"
)


class _Scripts(dict[str, str]):
    """The script of each letter met, an empty text for what is no letter."""

    def __missing__(self, mark: str) -> str:
        point = ord(mark)
        found = next((name for first, last, name in _BLOCKS if first <= point <= last), "other")
        self[mark] = found if mark.isalpha() else ""
        return self[mark]


_SCRIPT_OF = _Scripts()


def script(text: str) -> str:
    """Return the script most letters of ``text`` belong to (the first met on a tie), "none" without letters."""
    met = [found for found in map(_SCRIPT_OF.__getitem__, text) if found]
    if not met:
        return "none"
    counts = dict.fromkeys(met, 0)
    return met[0] if len(counts) == 1 else max(counts, key=met.count)


class _Kept(dict[int, str | None]):
    """What remains of each sign met: itself, a space, or nothing."""

    def __missing__(self, point: int) -> str | None:
        mark = chr(point)
        kind = unicodedata.category(mark)
        drops = kind == "Cf" or (unicodedata.combining(mark) and point < _VOWELS_FROM)
        self[point] = None if drops else mark if mark.isalpha() or kind in ("Mc", "Mn") else " "
        return self[point]


# In Latin, Greek, Cyrillic, Arabic and Hebrew a combining mark is an accent or a vowel sign that clerks leave out; in
# Indic scripts, whose signs come later, it is a vowel.
_MARKED, _VOWELS_FROM = frozenset({"latin", "greek", "cyrillic", "arabic", "hebrew"}), 0x0900
_KEPT = _Kept()


def clean(text: str) -> str:
    """Return ``text`` in compatibility form and small letters, without marks, signs, emoji, digits or controls."""
    composed = unicodedata.normalize("NFKC", text[:LONGEST_TEXT]).lower()
    composed = (composed.replace("đ", "d") if _VIETNAMESE.search(composed) else composed).translate(_SOUNDED)
    joined = _JOINED.sub("", composed.replace("ـ", ""))
    decomposed = unicodedata.normalize("NFKD", joined) if script(joined) in _MARKED else joined
    return " ".join(decomposed.translate(_KEPT).split())


# Latin letters whose mark makes another consonant of them: to drop the mark would change the sound.
_SOUNDED = str.maketrans(
    {"č": "ch", "ć": "ch", "ç": "ch", "š": "sh", "ş": "sh", "ș": "sh", "ś": "sh", "ž": "zh", "ż": "zh", "ź": "zh"}
    | {"đ": "dj", "ţ": "ts", "ț": "ts", "ğ": "g", "ı": "i", "ł": "l", "ø": "o", "æ": "ae", "œ": "oe", "ß": "ss"}
)
# Beside one of these đ is no Serbian letter but a Vietnamese one.
_VIETNAMESE = re.compile("[àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ]")
# Arabic letters that anyascii leaves out, though they say where a vowel is; in Persian and Urdu some sound otherwise.
_ARABIC_SOUNDS = str.maketrans(dict.fromkeys("اأآعىةٱ", "a") | {"إ": "i"})
_PERSIAN_SOUNDS = str.maketrans(dict.fromkeys("ضظذ", "ز") | {"ث": "س"})
_PERSIAN_LETTERS = frozenset("یکپچژگڑٹےھ")
_HEBREW_V = re.compile("וו|ו(?=י)")
# Thai writes some vowels before the consonant they follow in speech.
_THAI_VOWEL_FIRST = re.compile("([เแโใไ])([ก-ฮ])")
_THAI_SILENT = re.compile("(?:[ทต]ร|ษ[ณม]|[ก-ฮ])[ิุ]?์")
# At the end of a word several consonants sound as one.
_THAI_LAST = ((re.compile("[รลณฬ]$|ญ(?=[ก-ฮ]|$)"), "น"), (re.compile("[จชซศษส]$"), "ต"))
# Indian scripts have a letter for ch, which anyascii writes c.
_INDIC, _CH = frozenset({"devanagari", "bengali", "indic"}), re.compile("c(?!h)")
# Greek letters that sound otherwise together than apart.
_GREEK: tuple[tuple[str, str], ...] = (
    *(("ου", "ou"), ("γγ", "ng"), ("γκ", "g"), ("γχ", "nh"), ("τζ", "tz"), ("χ", "h"), ("η", "i")),
    *(("ει", "i"), ("οι", "i"), ("αυ", "av"), ("ευ", "ev"), ("μπ", "b"), ("ντ", "nt"), ("υ", "y")),
)


def _greek(word: str) -> str:
    word = "δ" + word[2:] if word.startswith("ντ") else word
    for letters, sound in _GREEK:
        word = word.replace(letters, sound)
    return word


def _thai(word: str) -> str:
    word = _THAI_SILENT.sub("", word)
    for letters, sound in _THAI_LAST:
        word = letters.sub(sound, word)
    return _THAI_VOWEL_FIRST.sub(r"\2\1", word)


@lru_cache(maxsize=200_000)
def romanise(word: str) -> str:
    """Return one word in small Latin letters; empty where nothing sounds (emoji, private signs)."""
    written_in = "latin" if word.isascii() else script(word)
    if written_in == "latin" and word.isascii():
        plain = word
    elif written_in == "arabic":
        plain = anyascii(word.translate(_ARABIC_SOUNDS))
    elif written_in == "hebrew":
        # Vav is a vowel far more often than a consonant; doubled, or before yod, it is the consonant.
        plain = anyascii(_HEBREW_V.sub("ב", word).replace("ו", "o").replace("ח", "h"))
    elif written_in == "thai":
        plain = anyascii(_thai(word))
    elif written_in == "greek":
        plain = anyascii(_greek(word))
    elif written_in in _INDIC:
        plain = _CH.sub("ch", anyascii(word))
    else:
        plain = anyascii(word)
    plain = plain.lower()
    if not (plain.isascii() and plain.isalpha()):
        plain = "".join(mark for mark in plain if "a" <= mark <= "z")
    return plain[:LONGEST_TOKEN]


@dataclass(frozen=True)
class _Lists:
    """What ``particles.yaml`` says. ``same``: for each spelling of a name, the one that stands for all."""

    titles: frozenset[str]
    connectors: frozenset[str]
    compound_surnames: frozenset[str]
    fathers: frozenset[str]
    ahead: frozenset[str]
    behind: frozenset[str]
    endings: tuple[str, ...]
    same: Mapping[str, str]
    apart: Mapping[str, int]


@cache
def _lists() -> _Lists:
    read = catalogue("traboule.linkage.names", "particles.yaml")
    return _Lists(
        titles=frozenset(read["titles"]),
        connectors=frozenset(read["connectors"]),
        compound_surnames=frozenset(read["compound_surnames"]),
        fathers=frozenset(read["fathers"]),
        ahead=frozenset(read["ahead"]),
        behind=frozenset(read["behind"]),
        endings=tuple(read["endings"]),
        apart={name: place for place, group in reversed([*enumerate(read["apart"])]) for name in group},
        same={spelling: family[0] for family in reversed(read["same"]) for spelling in family},
    )


def unlike_group(token: str) -> int:
    """Return the number of the group of names that are alike and are not one, -1 where ``token`` is in none."""
    return _lists().apart.get(standing_for(token), -1)


def is_widespread(token: str) -> bool:
    """Tell whether ``token`` is one of the names so common that their spellings are listed."""
    return token in _lists().same


def spellings() -> Mapping[str, str]:
    """Return for each listed spelling of a name the one that stands for all."""
    return _lists().same


def standing_for(token: str) -> str:
    """Return the spelling that stands for ``token`` among the spellings of one name; the token itself otherwise."""
    return _lists().same.get(token, token)


# Japanese writes one word in both.
_TOGETHER = dict.fromkeys(("han", "kana"), frozenset({"han", "kana", ""}))


class Word(NamedTuple):
    """A token: ``text`` in small Latin letters; ``native`` as written in ``script``, empty where that is Latin."""

    text: str
    native: str = ""
    script: str = "latin"


def _word(text: str) -> Word:
    """Return one cleaned word as a token. Where scripts are mixed in it, only its sound counts."""
    written_in = script(text)
    if written_in == "latin" or not {*map(_SCRIPT_OF.__getitem__, text)} <= _TOGETHER.get(written_in, {written_in, ""}):
        return Word(romanise(text))
    if text.endswith(_lists().endings):
        for ending in _lists().endings:
            if text.endswith(ending) and len(text) >= len(ending) + 2:
                text = text.removesuffix(ending)
        written_in = script(text)
    return Word(romanise(text), text, written_in)


def tokens(family: str, given: str) -> tuple[str, ...]:
    """Return the texts of :func:`words`."""
    return tuple(word.text for word in words(family, given))


@lru_cache(maxsize=400_000)
def words(family: str, given: str) -> tuple[Word, ...]:
    """Return the tokens of a name filed as ``family`` and ``given`` (either may be empty), sorted, at most six.

    Sorted, because family and given names are swapped too often to be told apart. Particles and titles are dropped
    while another word remains; "abd al-" is joined to its word; syllables of Chinese and Korean given names are joined.
    """
    family, given = clean(family), clean(given)
    (one, family_read), (other, given_read) = to_persian(family), to_persian(given)
    if one or other:
        family, given = family_read, given_read
    family_words, given_words = _compounds(read_words(family)), _compounds(read_words(given))
    if not family_words or not given_words:
        family_words, given_words = _split_whole(family_words + given_words)
    if given_words and family_words and all(map(_is_syllable, family_words + given_words)):
        given_words = [_joined(given_words)]
    kept = _without_particles(family_words + given_words)
    return tuple(sorted(word._replace(text=word.text[:LONGEST_TOKEN]) for word in kept[:MOST_TOKENS]))


def _is_syllable(word: Word) -> bool:
    undivided = word.script in ("han", "hangul") and len(word.native) > 1
    return not undivided and SYLLABLE.fullmatch(word.text) is not None


def _joined(parts: list[Word]) -> Word:
    """Return the parts as one token, native where all of them are of one script."""
    text = "".join(part.text for part in parts)
    scripts = {part.script for part in parts}
    if len(scripts) == 1 and all(part.native for part in parts):
        return Word(text, "".join(part.native for part in parts), parts[0].script)
    return Word(text)


def to_persian(cleaned: str) -> tuple[bool, str]:
    """Tell whether a cleaned text has letters of Persian or Urdu, and return it as it sounds beside such."""
    if cleaned.isascii():
        return False, cleaned
    return not _PERSIAN_LETTERS.isdisjoint(cleaned), cleaned.translate(_PERSIAN_SOUNDS)


def read_words(cleaned: str) -> list[Word]:
    """Return the words of cleaned text; undivided Han and Hangul stay to be split."""
    found: list[Word] = []
    for word in cleaned.split():
        found.extend(_arabic_words(word) if script(word) == "arabic" else [_word(word)])
    return [word for word in found if word.text]


def _arabic_words(word: str) -> list[Word]:
    """Return an Arabic word romanised, parted from "servant of" and from the article, which vowels would hide later."""
    if word.startswith("عبد") and len(word) >= 6:
        return [Word("abd", "عبد", "arabic"), *_arabic_words(word[3:])]
    if word == "عبد":
        return [Word("abd", "عبد", "arabic")]
    if word in ("ابو", "أبو", "ابي", "أبي"):
        return [Word("abu", "ابو", "arabic")]
    return [_word(_ARABIC_ARTICLE.sub("", word))]


def _split_whole(found: list[Word]) -> tuple[list[Word], list[Word]]:
    """Divide a name filed in one field: where Han or Hangul stands undivided, the family name is its beginning."""
    if len(found) == 1 and found[0].script in ("han", "hangul") and 2 <= len(found[0].native) <= 4:
        whole = found[0].native
        two = whole[:2] in _lists().compound_surnames or reads_as_word(whole[:2]) or len(whole) == 4
        cut = 2 if two and len(whole) > 2 else 1
        return [_word(whole[:cut])], [_word(whole[cut:])]
    return [], found


def _without_son_of(text: str) -> str:
    """Return a father's name without the son-of written in one with it."""
    father = _SON_OF_JOINED.sub("", text)
    return father if father in _lists().fathers else text


def _compounds(found: list[Word]) -> list[Word]:
    """Return the words of one field with God, the faith and the second parts of Ethiopian names joined to the word
    before: as often as in two words they are written in one."""
    kept: list[Word] = []
    for word in found:
        faith, before = _FAITH.match(word.text) is not None, len(kept) - 1
        while faith and before > 0 and kept[before].text in _ARTICLES_OF_FAITH:
            before -= 1
        first = kept[before].text if before >= 0 else ""
        joins = faith or _GOD.match(word.text) or (first in _lists().ahead and word.text in _lists().behind)
        if joins and first and not (_SERVANT_OF.match(first) or _FATHER_OF.match(first) or first in _ARTICLES_OF_FAITH):
            kept[before:] = [_joined([kept[before], word._replace(text="din") if faith else word])]
        else:
            kept.append(word)
    return kept


def bare(text: str) -> str:
    """Return a token without the article and the son-of written in one with it; "servant of", God and the faith in one
    spelling."""
    text = _FAITH_JOINED.sub("din", _GOD_JOINED.sub("allah", text))
    return _ARTICLE_JOINED.sub("", _SERVANT_JOINED.sub("abd", _without_son_of(text)))


def set_apart() -> frozenset[str]:
    """Return the tokens that may carry no identity, or are joined to others: a name with one is read by itself."""
    lists = _lists()
    return lists.titles | lists.connectors | lists.behind | _ARTICLES_OF_FAITH


def _without_particles(found: list[Word]) -> list[Word]:
    """Return the words that carry identity, with "servant of" and "father of" joined to the word that follows."""
    titles, connectors = _lists().titles, _lists().connectors
    spare = sum(word.text not in titles and word.text not in connectors for word in found)
    kept: list[Word] = []
    pending: list[Word] = []
    for place, word in enumerate(found):
        text, last = word.text, place == len(found) - 1
        if not last and _SERVANT_OF.fullmatch(text):
            pending = [word._replace(text="abd")]
        elif not last and _FATHER_OF.fullmatch(text):
            pending = [word._replace(text="abu")]
        elif (text in titles and spare >= 1) or (text in connectors and spare >= 2) or text in _ARTICLES_APART:
            continue
        else:
            rest = word._replace(text=bare(text))
            kept.append(_joined([*pending, rest]) if pending else rest)
            pending = []
    return (kept + pending) or found
