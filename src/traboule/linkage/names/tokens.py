"""From the text of a name to its tokens: which script, which words, romanised, without what carries no identity.

In comes what a clerk typed (any script, mixed, with titles, particles, marks, invisible signs); out go at most six
tokens of small Latin letters. It promises: pure, never raises, the same text gives the same tokens, empty text gives
none. Romanisation by anyascii; family name first where Han or Hangul is written without a space.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

from traboule.core.words import catalogue
from traboule.linkage.fields.texts import replaced
from traboule.linkage.names.readings import reads_as_word
from traboule.linkage.names.writing.abugidas import burmese_syllables
from traboule.linkage.names.writing.cleaning import clean, script, script_of, to_persian
from traboule.linkage.names.writing.nobody import of_somebody
from traboule.linkage.names.writing.romanised import LONGEST_TOKEN, romanise

MOST_TOKENS = 6
FAMILIES = 10_000

# Scripts that leave vowels out, or write two with one sign.
VOWELLESS = frozenset({"arabic", "hebrew", "thai", "khmer", "lao"})
# "Servant of" and "father of" belong to the word that follows; the article between is spelled in many ways.
_SERVANT_OF = re.compile(r"^abe?d(?:[aeou]{1,2}[ldrsntz]?|i[ldrsntz])?$")
_SON_OF_JOINED = re.compile(r"^(?:ben|bin|ibn)(?=[a-z]{3})")
# Abdullah is a name by itself, and others are made of it: Abdullayev.
_SERVANT_JOINED = re.compile(
    r"^abd(?![aeiou]l(?:la|ahi?$|ay?ev))(?:[aeiou]{1,2}(?:l|(?P<sun>[drsntz])(?=(?P=sun))))(?=[a-z]{3})"
)
_FATHER_OF = re.compile(r"^ab(?:u|ou|o|oo|w)$")
_SAINT = frozenset({"saint", "sainte", "st", "ste"})  # A name's beginning, however much of it is written.
# God, and the faith, belong to the word before: Nasr Allah, Salah al-Din.
_GOD, _FAITH = re.compile(r"^(?:[aou]?llah|allh)$"), re.compile(r"^(?:[aeu][dl])?d(?:ie?|ee|y)ne?$")
_GOD_JOINED = re.compile(r"(?<=[a-z]{2})(?:[aeiou]{1,2}llah|[ou]u?lah|ulla)$")
_FAITH_JOINED = re.compile(r"(?<=[a-z]{2})(?:[aeiou]{1,2}[dl]|[eu])d(?:ie?|ee|y)ne?$")
JOINED = "|".join(each.pattern for each in (_SERVANT_OF, _FATHER_OF, _GOD, _FAITH))
_AFFIXED = "^(?:al|el|ul|abd|ben|bin|ibn)|lah$|ulla$|d[iey]+ne?$|enka$|^oluwa|^chukwu|chukwu$"
# Belarusian for Ukrainian -enko. What Yoruba and Igbo names say of God, and every day leave out.
_ENDING, _OF_GOD = re.compile("(?<=[a-z]{3})enka$"), re.compile("^(?:oluwa|chukwu)(?=[a-z]{4})|(?<=[a-z]{4})chukwu$")
_ARTICLES_APART = frozenset({"al", "el", "ul"})
_ARTICLES_OF_FAITH = _ARTICLES_APART | {"ad", "ed", "ud", "id"}
_ARTICLE_JOINED = re.compile(r"^(?:al|el|ul)(?=[bdfghjkmnqrstwyz][a-z]{3})")
_PROPHET = "محمد"  # In Persian and Pashto often written in one with the word before: Sher Mohammad.
# Before some letters it may be the beginning of a foreign name (Alexander), but not where the word ends as "of" does.
_ARABIC_ARTICLE = re.compile(r"^ال(?:(?![يكاه])(?=.{3})|(?=.{3,}[يىی]$))")
SYLLABLE = re.compile(
    r"(?:[bpmfdtnlgkhjqxrzcsyw]|zh|ch|sh|ts|tz|hs|kw|gw|hw|wh|rh|ss|kk|tt|pp|jj|ng|kh|gh)?"
    r"(?:i?ao|i?ang?|u?ai|u?ang?|i?ong|ui|iu|ei|ou|ie|ue|uo|ia|ua|eng?|ing?|ung?|un|er|eo|eong?|eun|eul|oo[nkl]?|ee"
    r"|ark|oung|ien|ieh|ueh|iung|uei|eh|ih|yu?eong?|y[aeou]|yae|oe|wi|wo[nk]?|wae?|w[ae]n|[aeiou][nmklptb]?|[ae]k|ok|uk"
    r"|eok|hyun|y?eon|eung|eu[kn]|[ao]h|y?eol|y[uo][kln]|[ao]ung|yong|yun|ye[nkl]|ya[nkl]|yang|youn|yeo|a[ei]k?"
    r"|ae[nkm]?|[iou]e?[tp]|[aiou]m|oi|ook|oong?|yung|yuen|ew|ow|euk|in[gk]?|eem|oey|ay|uay|[ie]ok|ock?"
    r"|[aei]u|ar|uen|eo[bmp]|eu[bm]|aw|iew|iat|uat|w?ee|e[ae]n|eck|ng)"
    # Family names of two.
    r"|sunwoo|seonu|namkung|namgung|hwangbo|jegal|dokgo|sagong|ouyang|auyeung|szeto|situ|sima|zhuge|shangguan"
)


@dataclass(frozen=True)
class _Lists:
    """What ``particles.yaml`` says. ``same``: for each spelling of a family name, the one that stands for all."""

    titles: frozenset[str]
    connectors: frozenset[str]
    compound_surnames: frozenset[str]
    fathers: frozenset[str]
    of_the: tuple[str, ...]
    houses: frozenset[str]
    ahead: frozenset[str]
    behind: frozenset[str]
    endings: tuple[str, ...]
    of_two: tuple[frozenset[str], frozenset[str]]
    same: Mapping[str, str]


@cache
def _lists() -> _Lists:
    read = catalogue("traboule.linkage.names", "particles.yaml")
    return _Lists(
        titles=frozenset(read["titles"]),
        connectors=frozenset(read["connectors"]),
        compound_surnames=frozenset(read["compound_surnames"]),
        fathers=frozenset(read["fathers"]),
        of_the=tuple(read["of_the"]),
        houses=frozenset(read["houses"]),
        ahead=frozenset(read["ahead"]),
        behind=frozenset(read["behind"]),
        endings=tuple(read["endings"]),
        of_two=(frozenset(read["first_of_two"]), frozenset(read["second_of_two"])),
        same={spelling: family[0] for family in reversed(read["same"]) for spelling in family},
    )


@cache
def _spelt_lines() -> tuple[tuple[str, ...], ...]:
    """Return the lines of ``spellings.yaml``."""
    lines = catalogue("traboule.linkage.names", "spellings.yaml")["names"].splitlines()
    return tuple(tuple(line.split()) for line in lines)


@cache
def _listed() -> tuple[Mapping[str, str], Mapping[str, int]]:
    """Return for each listed spelling of a name, Latin or native, the one that stands for all; for each of these, the
    number of its line in ``spellings.yaml``. A spelling on two lines can be read as either, and stands for none."""
    read = [[_spelling(each) for each in line] for line in _spelt_lines()]
    met = Counter(spelling for line in read for spelling in set(line))
    same = {spelling: line[0] for line in read for spelling in line if met[spelling] == 1}
    lines_of = {family: FAMILIES + place for place, family in enumerate(sorted(set(_lists().same.values())))}
    return {**_lists().same, **same}, lines_of | {line[0]: place for place, line in enumerate(read)}


# Ways to write one Arabic letter, the first of which stands for all.
_FORMS = ("يىی", "كک", "هہ")
_ONE_LETTER = tuple((form, forms[0]) for forms in _FORMS for form in forms[1:])
_ANY_FORM = str.maketrans({form: f"[{forms}]" for forms in _FORMS for form in forms})


def _spelling(listed: str) -> str:
    return _without_affixes(listed) if listed.isascii() else as_listed(clean(listed))


def as_listed(cleaned: str) -> str:
    """Return a native word as it is looked up among the listed ones."""
    return replaced(to_persian(cleaned)[1], _ONE_LETTER)


def lines() -> Mapping[str, int]:
    """Return for each listed name, by the spelling that stands for it, its number; those of families from FAMILIES."""
    return _listed()[1]


def line_of(token: str) -> int:
    """Return which of the listed names ``token`` is, -1 for none."""
    return lines().get(standing_for(token), -1)


def is_widespread(token: str) -> bool:
    """Tell whether ``token`` is one of the names so common that their spellings are listed."""
    return token in _listed()[0]


def spellings() -> Mapping[str, str]:
    """Return for each listed spelling of a name the one that stands for all."""
    return _listed()[0]


def standing_for(token: str) -> str:
    """Return the spelling that stands for ``token`` among the spellings of one name; the token itself otherwise."""
    return _listed()[0].get(token, token)


@cache
def of_two() -> re.Pattern[str]:
    """Return the pattern of the words, cleaned, in which two names are written as one: Alireza."""
    parts = []
    for names in _lists().of_two:
        spelt = {clean(each) for line in _spelt_lines() if line[0] in names for each in line}
        spelt |= {to_persian(each)[1] for each in spelt}
        parts.append("|".join(sorted(each.translate(_ANY_FORM) for each in spelt)))
    return re.compile(f"^({parts[0]})({parts[1]})$")


def _parts(word: str) -> tuple[str, ...]:
    """Return a word, or the two names that are written as one in it."""
    found = of_two().match(word)
    return found.groups() if found else (word,)


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
    if written_in == "latin" or not {*map(script_of, text)} <= _TOGETHER.get(written_in, {written_in, ""}):
        return Word(romanise(text))
    if text.endswith(_lists().endings):
        for ending in _lists().endings:
            if text.endswith(ending) and len(text) >= len(ending) + 2:
                text = text.removesuffix(ending)
        written_in = script(text)
    return Word(_listed()[0].get(as_listed(text)) or romanise(text), text, written_in)


def tokens(family: str, given: str) -> tuple[str, ...]:
    """Return the texts of :func:`words`."""
    return tuple(word.text for word in words(family, given))


@lru_cache(maxsize=400_000)
def words(family: str, given: str) -> tuple[Word, ...]:
    """Return the tokens of a name filed as ``family`` and ``given`` (either may be empty), sorted, at most six.

    Sorted, because family and given names are swapped too often to be told apart. Particles and titles are dropped
    while another word remains; "abd al-" is joined to its word; syllables of Chinese and Korean given names are joined.
    """
    return cleaned_words(clean(family), clean(given))


def cleaned_words(family: str, given: str) -> tuple[Word, ...]:
    """Return the same of a name that is cleaned."""
    family, given = of_somebody(family, given)
    (one, family_read), (other, given_read) = to_persian(family), to_persian(given)
    if one or other:
        family, given = family_read, given_read
    family_words, given_words = _compounds(read_words(family)), _compounds(read_words(given))
    if not family_words or not given_words:
        family_words, given_words = _split_whole(family_words + given_words)
    if given_words and family_words and all(map(_is_syllable, family_words + given_words)):
        if len(given_words) == 1:  # The fields were exchanged.
            family_words, given_words = given_words, family_words
        given_words = [_joined(given_words)]
    kept = _without_particles(family_words + given_words)
    return tuple(sorted(_spelt(word, word.text[:LONGEST_TOKEN]) for word in kept[:MOST_TOKENS]))


def _spelt(word: Word, text: str) -> Word:
    return word if text == word.text else Word(text, word.native, word.script)


def _is_syllable(word: Word) -> bool:
    undivided = word.script == "kana" or (word.script in ("han", "hangul") and len(word.native) > 1)
    return not undivided and SYLLABLE.fullmatch(word.text) is not None


def _joined(parts: list[Word]) -> Word:
    """Return the parts as one token, native where all of them are of one script."""
    text = "".join(part.text for part in parts)
    scripts = {part.script for part in parts}
    if len(scripts) == 1 and all(part.native for part in parts):
        return Word(text, "".join(part.native for part in parts), parts[0].script)
    return Word(text)


def read_words(cleaned: str) -> list[Word]:
    """Return the words of cleaned text; undivided Han and Hangul stay to be split."""
    found: list[Word] = []
    for word in cleaned.split():
        written_in = script(word)
        if written_in == "arabic":
            found.extend(_arabic_words(word))
        elif written_in == "myanmar":
            found.extend(Word(each) for each in burmese_syllables(word))
        else:
            found.extend(map(_word, _parts(word)))
    return [word for word in found if word.text]


def _arabic_words(word: str) -> list[Word]:
    """Return an Arabic word romanised, parted from "servant of" and from the article, which vowels would hide later."""
    if word.startswith("عبد") and len(word) >= 6:
        return [Word("abd", "عبد", "arabic"), *_arabic_words(word[3:])]
    if word.endswith(_PROPHET) and len(word) >= len(_PROPHET) + 2 and not word.startswith("ال"):
        return [*_arabic_words(word.removesuffix(_PROPHET)), _word(_PROPHET)]
    if word == "عبد":
        return [Word("abd", "عبد", "arabic")]
    if word in ("ابو", "أبو", "ابي", "أبي"):
        return [Word("abu", "ابو", "arabic")]
    return [*map(_word, _parts(_ARABIC_ARTICLE.sub("", word)))]


@cache
def parted() -> str:
    """Return the pattern of the words in other letters than Latin ones of which :func:`read_words` may leave something
    out, or make more than one; but for Burmese."""
    return f"^(?:عبد|ال|[اأ]ب[وي]$)|(?:{'|'.join((_PROPHET, *_lists().endings))})$|{of_two().pattern}"


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
    return father if father != text and (father in _lists().fathers or 0 <= line_of(father) < FAMILIES) else text


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
            kept[before:] = [_joined([kept[before], _spelt(word, "din") if faith else word])]
        else:
            kept.append(word)
    return kept


def _without_of_the(text: str) -> str:
    """Return the name of a place or a house without the of-the written in one with it: Delacruz, Vandenberg."""
    for before in _lists().of_the if text.startswith(_lists().of_the) else ():
        if text.startswith(before) and text[len(before) :] in _lists().houses:
            return text[len(before) :]
    return text


@lru_cache(maxsize=100_000)
def bare(text: str) -> str:
    """Return a token without the article, the son-of and the of-the written in one with it; "servant of", God and the
    faith in one spelling."""
    return _without_affixes(_without_of_the(_without_son_of(text)))


def _without_affixes(text: str) -> str:
    text = _FAITH_JOINED.sub("din", _GOD_JOINED.sub("allah", text))
    text = _ARTICLE_JOINED.sub("", _SERVANT_JOINED.sub("abd", text))
    return _OF_GOD.sub("", _ENDING.sub("enko", text))


@cache
def affixed() -> str:
    """Return the pattern of the tokens that may have a word written in one with them which :func:`bare` leaves out."""
    before, houses = ("|".join(sorted(each)) for each in (_lists().of_the, _lists().houses))
    return f"{_AFFIXED}|^(?:{before})(?:{houses})$"


def set_apart() -> frozenset[str]:
    """Return the tokens that stand for nothing without the next, or are joined to it: a name with one is read by
    itself."""
    return _ARTICLES_OF_FAITH | _SAINT


def particles() -> tuple[frozenset[str], frozenset[str]]:
    """Return titles, which are left out where another token remains, and what is left out beside two or more."""
    return _lists().titles, _lists().connectors


def compounds() -> tuple[frozenset[str], frozenset[str]]:
    """Return the first and the second parts of names made of two words: a name with both is read by itself."""
    return _lists().ahead, _lists().behind


def _without_particles(found: list[Word]) -> list[Word]:
    """Return the words that carry identity, with "servant of", "father of" and "saint" joined to the word behind."""
    titles, connectors = _lists().titles, _lists().connectors
    spare = sum(word.text not in titles and word.text not in connectors for word in found)
    kept: list[Word] = []
    pending: list[Word] = []
    for place, word in enumerate(found):
        text, last = word.text, place == len(found) - 1
        if not last and _SERVANT_OF.fullmatch(text):
            pending = [_spelt(word, "abd")]
        elif not last and _FATHER_OF.fullmatch(text):
            pending = [_spelt(word, "abu")]
        elif not last and text in _SAINT:
            pending = [_spelt(word, "saint")]
        elif text in titles and place and found[place - 1].text in _ARTICLES_APART:
            kept.append(word)  # El Sayed is a family name, as Elsayed is.
        elif (text in titles and spare >= 1) or (text in connectors and spare >= 2) or text in _ARTICLES_APART:
            continue
        else:
            rest = _spelt(word, bare(text))
            kept.append(_joined([*pending, rest]) if pending else rest)
            pending = []
    return (kept + pending) or found
