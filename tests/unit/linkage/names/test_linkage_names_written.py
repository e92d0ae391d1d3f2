"""How words of many scripts read in Latin letters, and which syllables and readings are known."""

from __future__ import annotations

import pytest

from traboule.core.language.messages import catalogue
from traboule.linkage.names.readings import old_spelling, other_readings, syllabic
from traboule.linkage.names.tokens import (
    FIRST_FAMILY_NAME,
    SYLLABLE,
    canonical_spelling,
    is_widespread,
    listed_name_number,
    token_texts,
)
from traboule.linkage.names.writing.abugidas import burmese_syllables
from traboule.linkage.names.writing.cleaning import clean
from traboule.linkage.names.writing.romanisation import romanise


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("राजेश", "rajesh"),
        ("कृष्ण", "krishna"),
        ("ਹਰਪ੍ਰੀਤ", "harprit"),
        ("শারমিন", "sharmin"),
        ("আনোয়ার", "anoar"),
        ("கந்தசாமி", "kandasami"),
        ("முருகன்", "murugan"),
        ("லதா", "latha"),
        ("പിള്ള", "pilla"),
        ("කුමාර", "kumara"),
        ("పటేల్", "patel"),
        ("ໄກສອນ", "kaison"),
        ("คำแก้ว", "khamkaew"),
        ("สุวรรณ", "suwan"),
        ("መኮንን", "mekonin"),
        ("ብርሃኔ", "birhane"),
        ("Χρήστος", "christos"),
        ("ڕێبوار", "rebwar"),
        ("Хрущёв", "khrushchev"),
    ],
)
def test_a_word_reads_as_its_people_spell_it(word: str, expected: str) -> None:
    assert romanise(clean(word)) == expected


def test_burmese_is_divided_as_latin_letters_write_it() -> None:
    assert burmese_syllables("အောင်ဆန်းစုကြည်") == ["aung", "san", "su", "kyi"]
    assert burmese_syllables("စန္ဒာ") == ["sandar"]
    assert token_texts("ဝင်းမြင့်", "") == ("myint", "win")


@pytest.mark.parametrize(
    ("spelled", "expected"),
    [("Szczepański", "shchepanski"), ("Schtscherbakow", "shcherbakow"), ("Xhevdet", "djevdet"), ("Əliyev", "aliyev")],
)
def test_one_sound_in_many_letters_is_spelled_in_few(spelled: str, expected: str) -> None:
    assert clean(spelled) == expected


@pytest.mark.parametrize(
    ("characters", "spelled"),
    [("大文", "taiman"), ("潤生", "yunsang"), ("美玲", "beeleng"), ("德華", "takwah"), ("文雄", "hung")],
)
def test_characters_are_read_in_other_languages(characters: str, spelled: str) -> None:
    assert syllabic(spelled) in other_readings([characters])[0].to_pylist()


def test_every_syllable_of_mandarin_is_one_in_both_spellings() -> None:
    syllables = catalogue("traboule.linkage.names", "readings.yaml")["pinyin"].split()
    unknown = [each for each in syllables if not SYLLABLE.fullmatch(each)]
    unknown += [each for each in map(old_spelling, syllables) if not SYLLABLE.fullmatch(each)]
    assert set(unknown) <= {"erh"}
    assert not [name for name in ("smith", "maria", "garcia", "mohamed", "ivan") if SYLLABLE.fullmatch(name)]


def test_a_spelling_on_two_lines_stands_for_none() -> None:
    assert canonical_spelling("hameed") == "hameed"
    assert canonical_spelling("hamid") == "hamid"
    assert listed_name_number("hamid") == -1
    assert 0 <= listed_name_number("hameed") != listed_name_number("hamed") >= 0
    assert listed_name_number("chan") >= FIRST_FAMILY_NAME
    assert is_widespread("youssef")


def test_no_line_of_spellings_is_without_latin_letters() -> None:
    for line in catalogue("traboule.linkage.names", "spellings.yaml")["names"].splitlines():
        first, *others = line.split()
        assert first.isascii(), line
        assert first not in others, line
