"""Tokenise the text of a name: find the script and words, romanise them, and drop what carries no identity.

Input: what a clerk typed, in any script or several, with titles, particles, marks and invisible signs. Output: at most
six tokens of lower-case Latin letters; none for an empty text. No text raises. Romanisation is by anyascii. Where Han
or Hangul is written without a space, the family name comes first.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

from traboule.core.language.messages import catalogue
from traboule.linkage.arrays.text_encoding import replace_all
from traboule.linkage.names.readings import reads_as_word
from traboule.linkage.names.writing.abugidas import burmese_syllables
from traboule.linkage.names.writing.cleaning import clean, script, script_of, to_persian
from traboule.linkage.names.writing.placeholders import without_placeholders
from traboule.linkage.names.writing.romanisation import LONGEST_TOKEN, romanise

MOST_TOKENS = 6
FIRST_FAMILY_NAME = 10_000

# Scripts that omit vowels, or write two with one sign.
VOWELLESS = frozenset({"arabic", "hebrew", "thai", "khmer", "lao"})
# "Servant of" and "father of" belong to the word that follows; the article between is spelled in many ways.
_SERVANT_OF = re.compile(r"^abe?d(?:[aeou]{1,2}[ldrsntz]?|i[ldrsntz])?$")
_SON_OF_JOINED = re.compile(r"^(?:ben|bin|ibn)(?=[a-z]{3})")
# Abdullah is a name by itself, and others are made of it: Abdullayev.
_SERVANT_JOINED = re.compile(
    r"^abd(?![aeiou]l(?:la|ahi?$|ay?ev))(?:[aeiou]{1,2}(?:l|(?P<sun>[drsntz])(?=(?P=sun))))(?=[a-z]{3})"
)
_FATHER_OF = re.compile(r"^ab(?:u|ou|o|oo|w)$")
_SAINT = frozenset({"saint", "sainte", "st", "ste"})  # Full or abbreviated.
# God, and the faith, belong to the word before: Nasr Allah, Salah al-Din.
_GOD, _FAITH = re.compile(r"^(?:[aou]?llah|allh)$"), re.compile(r"^(?:[aeu][dl])?d(?:ie?|ee|y)ne?$")
_GOD_JOINED = re.compile(r"(?<=[a-z]{2})(?:[aeiou]{1,2}llah|[ou]u?lah|ulla)$")
_FAITH_JOINED = re.compile(r"(?<=[a-z]{2})(?:[aeiou]{1,2}[dl]|[eu])d(?:ie?|ee|y)ne?$")
JOINED = "|".join(part.pattern for part in (_SERVANT_OF, _FATHER_OF, _GOD, _FAITH))
_AFFIXED = "^(?:al|el|ul|abd|ben|bin|ibn)|lah$|ulla$|d[iey]+ne?$|enka$|^oluwa|^chukwu|chukwu$"
# Belarusian for Ukrainian -enko. God in Yoruba and Igbo names, which everyday use leaves out.
_ENDING, _OF_GOD = re.compile("(?<=[a-z]{3})enka$"), re.compile("^(?:oluwa|chukwu)(?=[a-z]{4})|(?<=[a-z]{4})chukwu$")
_ARTICLES_APART = frozenset({"al", "el", "ul"})
_ARTICLES_OF_FAITH = _ARTICLES_APART | {"ad", "ed", "ud", "id"}
_ARTICLE_JOINED = re.compile(r"^(?:al|el|ul)(?=[bdfghjkmnqrstwyz][a-z]{3})")
_PROPHET = "محمد"  # In Persian and Pashto often written in one with the word before: Sher Mohammad.
# Before some letters this may begin a foreign name (Alexander), but not where the word has the ending of "of".
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
class _ParticleLists:
    """The content of ``particles.yaml``. ``same``: for each spelling of a family name, the canonical one."""

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
def _lists() -> _ParticleLists:
    read = catalogue("traboule.linkage.names", "particles.yaml")
    return _ParticleLists(
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
def _spelling_lines() -> tuple[tuple[str, ...], ...]:
    """Return the lines of ``spellings.yaml``."""
    lines = catalogue("traboule.linkage.names", "spellings.yaml")["names"].splitlines()
    return tuple(tuple(line.split()) for line in lines)


@cache
def _spelling_tables() -> tuple[Mapping[str, str], Mapping[str, int]]:
    """Return each listed spelling, Latin or native, with its canonical spelling; and each canonical spelling with the
    number of its line in ``spellings.yaml``.

    A spelling on two lines is ambiguous, and has no canonical spelling.
    """
    spelling_lines = [[_cleaned_spelling(spelling) for spelling in line] for line in _spelling_lines()]
    counts = Counter(spelling for line in spelling_lines for spelling in set(line))
    canonical = {spelling: line[0] for line in spelling_lines for spelling in line if counts[spelling] == 1}
    lines_of = {family: FIRST_FAMILY_NAME + place for place, family in enumerate(sorted(set(_lists().same.values())))}
    return {**_lists().same, **canonical}, lines_of | {line[0]: place for place, line in enumerate(spelling_lines)}


# Variants of one Arabic letter, the first of which is canonical.
_FORMS = ("يىی", "كک", "هہ")
_ONE_LETTER = tuple((form, forms[0]) for forms in _FORMS for form in forms[1:])
_ANY_FORM = str.maketrans({form: f"[{forms}]" for forms in _FORMS for form in forms})


def _cleaned_spelling(spelling: str) -> str:
    return _without_affixes(spelling) if spelling.isascii() else as_listed(clean(spelling))


def as_listed(cleaned: str) -> str:
    """Return a native word in the form in which listed words are looked up."""
    return replace_all(to_persian(cleaned)[1], _ONE_LETTER)


def listed_names() -> Mapping[str, int]:
    """Return each listed name, by its canonical spelling, with its number; family names are numbered from
    FIRST_FAMILY_NAME."""
    return _spelling_tables()[1]


def listed_name_number(token: str) -> int:
    """Return the number of the listed name that ``token`` spells, -1 for none."""
    return listed_names().get(canonical_spelling(token), -1)


def is_widespread(token: str) -> bool:
    """Tell whether ``token`` is a name so common that its spellings are listed."""
    return token in _spelling_tables()[0]


def canonical_by_spelling() -> Mapping[str, str]:
    """Return each listed spelling of a name with its canonical spelling."""
    return _spelling_tables()[0]


def canonical_spelling(token: str) -> str:
    """Return the canonical spelling of ``token``; the token itself where it is not listed."""
    return _spelling_tables()[0].get(token, token)


@cache
def two_name_pattern() -> re.Pattern[str]:
    """Return the pattern of cleaned words in which two names are written as one: Alireza."""
    parts = []
    for names in _lists().of_two:
        variants = {clean(spelling) for line in _spelling_lines() if line[0] in names for spelling in line}
        variants |= {to_persian(spelling)[1] for spelling in variants}
        parts.append("|".join(sorted(spelling.translate(_ANY_FORM) for spelling in variants)))
    return re.compile(f"^({parts[0]})({parts[1]})$")


def _split_two_names(word: str) -> tuple[str, ...]:
    """Return a word, or the two names that are written as one in it."""
    match = two_name_pattern().match(word)
    return match.groups() if match else (word,)


# Japanese writes one word in both.
_TOGETHER = dict.fromkeys(("han", "kana"), frozenset({"han", "kana", ""}))


class Word(NamedTuple):
    """A token: ``text`` in lower-case Latin letters; ``native`` as written in ``script``, empty where that is Latin."""

    text: str
    native: str = ""
    script: str = "latin"


def _word(text: str) -> Word:
    """Return one cleaned word as a token. A word of mixed scripts counts by its sound only."""
    written_in = script(text)
    if written_in == "latin" or not {*map(script_of, text)} <= _TOGETHER.get(written_in, {written_in, ""}):
        return Word(romanise(text))
    if text.endswith(_lists().endings):
        for ending in _lists().endings:
            if text.endswith(ending) and len(text) >= len(ending) + 2:
                text = text.removesuffix(ending)
        written_in = script(text)
    return Word(_spelling_tables()[0].get(as_listed(text)) or romanise(text), text, written_in)


def token_texts(family_name: str, given_names: str) -> tuple[str, ...]:
    """Return the texts of :func:`tokenise`."""
    return tuple(word.text for word in tokenise(family_name, given_names))


@lru_cache(maxsize=400_000)
def tokenise(family_name: str, given_names: str) -> tuple[Word, ...]:
    """Return the tokens of a name, sorted, at most six; either field may be empty.

    They are sorted because family and given names are swapped too often to keep apart. Particles and titles are dropped
    while another token remains. "abd al-" is joined to its word; syllables of Chinese and Korean given names are
    joined.
    """
    return tokenise_cleaned(clean(family_name), clean(given_names))


def tokenise_cleaned(family_name: str, given_names: str) -> tuple[Word, ...]:
    """Return the same for a cleaned name."""
    family_name, given_names = without_placeholders(family_name, given_names)
    (family_is_persian, family_read), (given_is_persian, given_read) = to_persian(family_name), to_persian(given_names)
    if family_is_persian or given_is_persian:
        family_name, given_names = family_read, given_read
    family_words, given_words = _join_compounds(read_words(family_name)), _join_compounds(read_words(given_names))
    if not family_words or not given_words:
        family_words, given_words = _split_undivided(family_words + given_words)
    if given_words and family_words and all(map(_is_syllable, family_words + given_words)):
        if len(given_words) == 1:  # The fields were swapped.
            family_words, given_words = given_words, family_words
        given_words = [_join_words(given_words)]
    identifying = _without_particles(family_words + given_words)
    return tuple(sorted(_respelled(word, word.text[:LONGEST_TOKEN]) for word in identifying[:MOST_TOKENS]))


def _respelled(word: Word, text: str) -> Word:
    return word if text == word.text else Word(text, word.native, word.script)


def _is_syllable(word: Word) -> bool:
    undivided = word.script == "kana" or (word.script in ("han", "hangul") and len(word.native) > 1)
    return not undivided and SYLLABLE.fullmatch(word.text) is not None


def _join_words(parts: list[Word]) -> Word:
    """Return the parts as one token, native where all of them are of one script."""
    text = "".join(part.text for part in parts)
    scripts = {part.script for part in parts}
    if len(scripts) == 1 and all(part.native for part in parts):
        return Word(text, "".join(part.native for part in parts), parts[0].script)
    return Word(text)


def read_words(cleaned: str) -> list[Word]:
    """Return the words of cleaned text; undivided Han and Hangul is split later."""
    tokens_read: list[Word] = []
    for word in cleaned.split():
        written_in = script(word)
        if written_in == "arabic":
            tokens_read.extend(_arabic_words(word))
        elif written_in == "myanmar":
            tokens_read.extend(Word(syllable) for syllable in burmese_syllables(word))
        else:
            tokens_read.extend(map(_word, _split_two_names(word)))
    return [word for word in tokens_read if word.text]


def _arabic_words(word: str) -> list[Word]:
    """Return an Arabic word romanised, separated from "servant of" and from the article, which the vowels would hide
    later."""
    if word.startswith("عبد") and len(word) >= 6:
        return [Word("abd", "عبد", "arabic"), *_arabic_words(word[3:])]
    if word.endswith(_PROPHET) and len(word) >= len(_PROPHET) + 2 and not word.startswith("ال"):
        return [*_arabic_words(word.removesuffix(_PROPHET)), _word(_PROPHET)]
    if word == "عبد":
        return [Word("abd", "عبد", "arabic")]
    if word in ("ابو", "أبو", "ابي", "أبي"):
        return [Word("abu", "ابو", "arabic")]
    return [*map(_word, _split_two_names(_ARABIC_ARTICLE.sub("", word)))]


@cache
def multi_token_pattern() -> str:
    """Return the pattern of non-Latin words of which :func:`read_words` may drop a part or make several tokens, except
    Burmese."""
    return f"^(?:عبد|ال|[اأ]ب[وي]$)|(?:{'|'.join((_PROPHET, *_lists().endings))})$|{two_name_pattern().pattern}"


def _split_undivided(tokens_read: list[Word]) -> tuple[list[Word], list[Word]]:
    """Divide a name filed in one field: undivided Han or Hangul begins with the family name."""
    if len(tokens_read) == 1 and tokens_read[0].script in ("han", "hangul") and 2 <= len(tokens_read[0].native) <= 4:
        undivided = tokens_read[0].native
        two = undivided[:2] in _lists().compound_surnames or reads_as_word(undivided[:2]) or len(undivided) == 4
        cut = 2 if two and len(undivided) > 2 else 1
        return [_word(undivided[:cut])], [_word(undivided[cut:])]
    return [], tokens_read


def _without_son_of(text: str) -> str:
    """Return a father's name without a joined son-of."""
    father = _SON_OF_JOINED.sub("", text)
    return (
        father
        if father != text and (father in _lists().fathers or 0 <= listed_name_number(father) < FIRST_FAMILY_NAME)
        else text
    )


def _join_compounds(tokens_read: list[Word]) -> list[Word]:
    """Return the words of one field with God, the faith and the second parts of Ethiopian names joined to the word
    before, as they are often written."""
    joined: list[Word] = []
    for word in tokens_read:
        faith, before = _FAITH.match(word.text) is not None, len(joined) - 1
        while faith and before > 0 and joined[before].text in _ARTICLES_OF_FAITH:
            before -= 1
        first = joined[before].text if before >= 0 else ""
        joins = faith or _GOD.match(word.text) or (first in _lists().ahead and word.text in _lists().behind)
        if joins and first and not (_SERVANT_OF.match(first) or _FATHER_OF.match(first) or first in _ARTICLES_OF_FAITH):
            joined[before:] = [_join_words([joined[before], _respelled(word, "din") if faith else word])]
        else:
            joined.append(word)
    return joined


def _without_of_the(text: str) -> str:
    """Return the name of a place or a house without a joined of-the: Delacruz, Vandenberg."""
    for before in _lists().of_the if text.startswith(_lists().of_the) else ():
        if text.startswith(before) and text[len(before) :] in _lists().houses:
            return text[len(before) :]
    return text


@lru_cache(maxsize=100_000)
def strip_affixes(text: str) -> str:
    """Return a token without a joined article, son-of or of-the; "servant of", God and the faith get one spelling."""
    return _without_affixes(_without_of_the(_without_son_of(text)))


def _without_affixes(text: str) -> str:
    text = _FAITH_JOINED.sub("din", _GOD_JOINED.sub("allah", text))
    text = _ARTICLE_JOINED.sub("", _SERVANT_JOINED.sub("abd", text))
    return _OF_GOD.sub("", _ENDING.sub("enko", text))


@cache
def affix_pattern() -> str:
    """Return the pattern of tokens that :func:`strip_affixes` may change."""
    before, houses = ("|".join(sorted(words)) for words in (_lists().of_the, _lists().houses))
    return f"{_AFFIXED}|^(?:{before})(?:{houses})$"


def dependent_tokens() -> frozenset[str]:
    """Return the tokens that mean nothing without the next, or are joined to it; a name with one is read
    individually."""
    return _ARTICLES_OF_FAITH | _SAINT


def particles() -> tuple[frozenset[str], frozenset[str]]:
    """Return titles, which are dropped where another token remains, and connectors, which are dropped beside two or
    more."""
    return _lists().titles, _lists().connectors


def compound_parts() -> tuple[frozenset[str], frozenset[str]]:
    """Return the first and the second parts of names made of two words; a name with both is read individually."""
    return _lists().ahead, _lists().behind


def _without_particles(tokens_read: list[Word]) -> list[Word]:
    """Return the words that carry identity, with "servant of", "father of" and "saint" joined to the next word."""
    titles, connectors = _lists().titles, _lists().connectors
    spare = sum(word.text not in titles and word.text not in connectors for word in tokens_read)
    remaining: list[Word] = []
    pending: list[Word] = []
    for place, word in enumerate(tokens_read):
        text, last = word.text, place == len(tokens_read) - 1
        if not last and _SERVANT_OF.fullmatch(text):
            pending = [_respelled(word, "abd")]
        elif not last and _FATHER_OF.fullmatch(text):
            pending = [_respelled(word, "abu")]
        elif not last and text in _SAINT:
            pending = [_respelled(word, "saint")]
        elif text in titles and place and tokens_read[place - 1].text in _ARTICLES_APART:
            remaining.append(word)  # El Sayed is a family name, as Elsayed is.
        elif (text in titles and spare >= 1) or (text in connectors and spare >= 2) or text in _ARTICLES_APART:
            continue
        else:
            stripped = _respelled(word, strip_affixes(text))
            remaining.append(_join_words([*pending, stripped]) if pending else stripped)
            pending = []
    return (remaining + pending) or tokens_read
