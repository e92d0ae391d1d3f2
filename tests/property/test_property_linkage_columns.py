"""What is read as a column is what would be read one by one, whatever was filed."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import phonenumbers
import pyarrow as pa
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.examples import examples

from traboule.core.identifiers import NormalisedIdentifier, Verdict, plain
from traboule.linkage.arrays.text_encoding import MAX_LIST, TextList, TextSequence
from traboule.linkage.fields.identifier_columns import FiledIdentifiers, read_identifiers
from traboule.linkage.names.columns import tokenise_columns
from traboule.linkage.names.phonetics import (
    are_listed,
    canonical_spellings,
    class_counts,
    fold_vowels,
    folded_vowels,
    listed_name_numbers,
    loose_skeleton,
    skeleton,
    skeletons_of,
    vowels_of,
)
from traboule.linkage.names.readings import (
    are_pinyin,
    korean_sound,
    korean_sounds,
    looks_japanese,
    looks_korean,
    pinyin_syllables,
    syllabic_spellings,
    wade_giles,
    wade_giles_spellings,
)
from traboule.linkage.names.table import FiledName, name_columns, name_table
from traboule.linkage.names.tokens import canonical_by_spelling, canonical_spelling, tokenise
from traboule.linkage.names.writing.cleaning import clean, clean_all
from traboule.linkage.stop_list import stop_list

GOLDEN = yaml.safe_load((Path(__file__).parents[1] / "golden" / "names.yml").read_text(encoding="utf-8"))
LISTED = stop_list([{"kind": "passport", "value": "K7654321"}])
STATES = ("", "DE", "PL", "FR", "US", "IT", "SN", "XK", "??", "D\x1fE")
KINDS = ("phone", "passport", "id_card", "visa", "plate", "imei", "iban", "email", "handle", "address", "card", "new")
HOSTILE = (
    *("", " ", "\x00", "+", "0" * 500, "9" * 500, "x" * 500, "+49 30 🙂 1234567", "\u202e+4930123456", "null", "N/A"),
    *("٠٦٣٩٩٨٢١٤٧", "+٤٩٣٠١٢٣٤٥٦٧", "＋４９３０１２３４５６", "+49 (0) 30 1234567", "0049301234567", "+00491234567"),
    *("tel +49301234567", "+49301234567 ext 3", "+49 30 AB 1234", "+1-800-FLOWERS", "+883510012345678", "+8001234567"),
    *(
        "C01X0006H",
        "C01X00T478",
        "C01X00T471",
        "c01x 00t4-78",
        "P<12345678<<4",
        "44051401458",
        "44051401459",
        "12345678",
    ),
    *("ABCDEFGH", "abcde1", "a1b2", "1111", "AAAA", "А123ВС77", "unknown", "n.a", "not-asked", "99", "-99", "00000000"),
    *(
        "+223 1234 5678",
        "+22377777777",
        "+18883737888",
        "K7654321",
        "k-765 4321",
        "A" * 22 + "1",
        "A1" * 11,
        "-A123456",
    ),
)


def rows_of(filed: Sequence[tuple[str, str, str, str]]) -> pa.Table:
    names = ("kind", "value", "issuer", "unit")
    columns = zip(*filed, strict=True)
    return pa.table({name: pa.array(column, pa.string()) for name, column in zip(names, columns, strict=True)})


def told(found: FiledIdentifiers) -> Iterator[tuple[object, ...]]:
    columns = (found.record, found.kind, found.normal, found.issuer, found.failed, found.reason)
    for record, kind, normal, issuer, failed, reason in zip(*(column.tolist() for column in columns), strict=True):
        text, state = TextSequence(found.normals)[normal], TextSequence(found.issuers)[issuer]
        yield record, found.kinds[kind], text, state, failed, found.reasons[reason]


def agree(filed: Sequence[tuple[str, str, str, str]]) -> int:
    """Hold what is read of all at once to what is read of each by itself; return how many there are of it."""
    table = rows_of(filed)
    alone = [
        row
        for place in range(len(filed))
        for row in told(read_identifiers(table.slice(place, 1), np.array([place]), LISTED))
    ]
    among = list(told(read_identifiers(table, np.arange(len(filed)), LISTED)))
    assert among == alone
    return len(among)


def numbers(made: random.Random) -> Iterator[str]:
    """Yield phone numbers of every country's code, of every length, with what clerks put between digits."""
    for code in sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE):
        for size in range(4, 14):
            first = made.choice("0123456789" if size % 2 else "13578")
            digits = first + "".join(made.choice("0123456789") for _ in range(size - 1))
            yield f"+{code}{digits}"
            yield f"+{code} " + "".join(mark + made.choice(("", "", "", " ", "-", " (", ").", "/")) for mark in digits)
        region = phonenumbers.region_code_for_country_code(code)
        for example in (phonenumbers.example_number(region), phonenumbers.example_number_for_non_geo_entity(code)):
            if example is not None:
                national = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.NATIONAL)
                yield phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
                yield f"+{code}{national}"


@pytest.mark.parametrize("seed", [1, 20260927])
def test_phone_numbers_of_every_country_are_read_alike(seed: int) -> None:
    print(f"seed {seed}")
    filed = [("phone", number, "", "FR") for number in numbers(random.Random(seed))]
    assert agree(filed) > len(filed) // 2


def test_most_phone_numbers_need_not_be_read_by_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    """What passes as a column is never given to the reader of one; that it is read rightly, the tests above say."""
    examples = [phonenumbers.example_number(region) for region in sorted(phonenumbers.SUPPORTED_REGIONS)]
    filed = [
        ("phone", phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164), "", "")
        for number in examples
        if number is not None
    ]
    read: list[str] = []

    def alone(kind: str, value: str, **_: object) -> tuple[NormalisedIdentifier, ...]:
        read.append(value)
        return (NormalisedIdentifier(kind, "", Verdict.UNCHECKED),)

    monkeypatch.setattr("traboule.linkage.fields.identifier_columns.normalise_each", alone)
    read_identifiers(rows_of(filed), np.arange(len(filed)), LISTED)
    assert len(read) < len(filed) // 5


@pytest.mark.parametrize("seed", [2, 20260928])
def test_documents_of_any_shape_are_read_alike(seed: int) -> None:
    print(f"seed {seed}")
    made = random.Random(seed)
    signs = "0123456789" * 4 + "ABCDEFGHJKLMNPRTVWXYZabcxyz" + " -./_<*É１"
    filed = [
        (made.choice(KINDS[1:4]), "".join(made.choice(signs) for _ in range(made.randint(1, 26))), issuer, "FR")
        for _ in range(900)
        for issuer in [made.choice(STATES)]
    ]
    filed += [("passport", f"{made.choice('CFGHJK')}01X0006{place:03d}", "DE", "DE") for place in range(100)]
    filed += [("id_card", f"{made.randint(10**10, 10**11 - 1)}", "PL", "PL") for _ in range(200)]
    assert agree(filed) > len(filed) // 2


def test_hostile_texts_are_read_alike() -> None:
    agree([(kind, value, issuer, "FR") for kind in KINDS for value in HOSTILE for issuer in STATES[:4]])


@given(
    st.lists(
        st.tuples(
            st.sampled_from(KINDS),
            st.text(max_size=30) | st.from_regex(r"\+[0-9 .()-]{5,20}", fullmatch=True) | st.sampled_from(HOSTILE),
            st.sampled_from(STATES),
            st.sampled_from(STATES),
        ),
        min_size=1,
        max_size=8,
    )
)
@settings(max_examples=examples(40), deadline=None)
def test_any_text_is_read_alike_among_many(filed: list[tuple[str, str, str, str]]) -> None:
    many = [(kind, f"{place:07d}", "FR", "FR") for kind in ("phone", "passport", "id_card") for place in range(70)]
    agree([*filed, *many])


def test_patterns_are_given_only_for_kinds_that_have_them() -> None:
    assert [kind for kind in KINDS if plain(kind)] == ["phone", "passport", "id_card", "visa"]


WRITTEN = sorted(
    {
        part.strip()
        for pairs in GOLDEN.values()
        for pair in pairs
        for side in ("left", "right")
        for part in pair[side].replace("|", ",").split(",")
    }
)
PARTS = sorted({word for text in WRITTEN for word in text.split()})
AFFIXES = (
    "abd",
    "Abdul",
    "abu",
    "abou",
    "al",
    "el-",
    "de",
    "la",
    "van",
    "Dr.",
    "Mme",
    "bin",
    "ben",
    "ibn",
    "bint",
    "do",
)
OF_THE = (
    "Delacruz",
    "Dela Cruz",
    "DASILVA",
    "Dossantos",
    "vandenberg",
    "Vonneumann",
    "Dipietro",
    "Lefevre",
    "El Sayed",
)
NOBODYS = (
    "Victim",
    "Victim 2",
    "UNKNOWN",
    "inconnue",
    "Jane",
    "Doe",
    "N.N.",
    "A.",
    "Б.",
    "مجهول",
    "فتاة",
    "不详",
    "Minor",
    "name",
    "no",
)
ODD = (
    "",
    " ",
    "🙂",
    "'",
    "\u202e\u202c",
    "x" * 500,
    "ي" * 700,
    "aб王" * 80,
    "\x00",
    "J.",
    "O'Neil",
    "ẞß",
    "ﷺ",
    "１２",
    "عبد",
)
FIELDS = (
    st.sampled_from((*WRITTEN, *OF_THE, *NOBODYS))
    | st.lists(st.sampled_from(PARTS) | st.sampled_from((*AFFIXES, *NOBODYS)), max_size=8).map(" ".join)
    | st.text(max_size=40)
    | st.sampled_from(ODD)
)


def spelled_alike(pairs: Sequence[tuple[str, str]]) -> None:
    texts = sorted({text for pair in pairs for text in pair})
    number = {text: place for place, text in enumerate(texts)}
    family, given_names = (np.array([number[pair[side]] for pair in pairs]) for side in (0, 1))
    known, forms = tokenise_columns(pa.array(texts, pa.string()), family, given_names)
    assert list(known) == sorted({word for pair in pairs for word in tokenise(*pair)})
    for pair, form in zip(pairs, forms.tolist(), strict=True):
        assert tuple(known[place] for place in form if place >= 0) == tokenise(*pair), pair


LINES = (
    "\n",
    "a\nb\r\nc",
    "ΟΔΥΣΣΕΥΣ\nΑΣ ΒΣ",
    "ΑΣ",
    "\u0301\u0301a",
    "əli\nĐỗ",
    "ئا\nئە",
    "각",
    "\u1161",
    "İ",
    "xhe",
    "tsc",
    "h",
)


@given(st.lists(FIELDS | st.sampled_from(LINES), max_size=12))
@settings(max_examples=examples(300), deadline=None)
def test_texts_are_cleaned_alike_one_by_one_and_as_lines_of_one(texts: list[str]) -> None:
    assert clean_all(pa.array(texts, pa.string())).to_pylist() == [clean(text) for text in texts]


@given(st.lists(st.tuples(FIELDS, FIELDS), min_size=1, max_size=30))
@settings(max_examples=examples(150), deadline=None)
def test_names_are_read_alike_in_any_script(pairs: list[tuple[str, str]]) -> None:
    spelled_alike(pairs)


@pytest.mark.parametrize("seed", [3, 20260929])
def test_very_many_names_are_read_alike(seed: int) -> None:
    print(f"seed {seed}")
    made = random.Random(seed)
    pool = (
        *WRITTEN,
        *OF_THE,
        *NOBODYS,
        *ODD,
        *(f"{made.choice((*AFFIXES, *PARTS))} {made.choice(PARTS)}" for _ in range(600)),
        *PARTS,
    )
    spelled_alike([(made.choice(pool), made.choice(pool)) for _ in range(6000)])


@given(st.lists(st.builds(FiledName, FIELDS, FIELDS, FIELDS, FIELDS, FIELDS), min_size=1, max_size=12))
@settings(max_examples=examples(60), deadline=None)
def test_a_table_of_few_names_is_that_of_columns(filed: list[FiledName]) -> None:
    few, numbers = name_table(filed)
    many, places = name_columns(
        [pa.array([getattr(name, field) for name in filed], pa.string()) for field in FiledName.__dataclass_fields__]
    )
    assert numbers.tolist() == places.tolist()
    assert few.tokens == many.tokens
    assert all(one.tolist() == other.tolist() for one, other in zip(few.words, many.words, strict=True))
    assert few.sound.tolist() == many.sound.tolist()
    assert few.sounds_of == many.sounds_of


SOUNDED = (
    "schtsch",
    "tsch",
    "sh",
    "ch",
    "tz",
    "hs",
    "kh",
    "ck",
    "qu",
    "vic",
    "njic",
    "owic",
    "ska",
    "ew",
    "x",
    "c",
    "ss",
)
LETTERS = st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=12)
TOKENS = LETTERS | st.lists(LETTERS | st.sampled_from(SOUNDED), min_size=1, max_size=5).map("".join)
KNOWN = sorted(
    {word.text for text in WRITTEN for word in tokenise(text, "")} | {"ah", "eh", "li", "xiaoming", "zhang", "youngsoo"}
)


@given(st.lists(TOKENS | st.sampled_from(KNOWN), min_size=1, max_size=60))
@settings(max_examples=examples(100), deadline=None)
def test_tokens_sound_alike(tokens: list[str]) -> None:
    sound_alike(tokens)


def test_tokens_with_a_spelling_of_their_own_sound_alike() -> None:
    sound_alike([*KNOWN, *canonical_by_spelling()])


def sound_alike(texts: list[str]) -> None:
    """Require that each token is read alike alone and among others."""
    column = pa.array(texts, pa.string())
    heard, loosely = skeletons_of(column)
    assert heard.to_pylist() == [skeleton(text) for text in texts]
    assert loosely.to_pylist() == [loose_skeleton(text) for text in texts]
    assert canonical_spellings(column).to_pylist() == [canonical_spelling(text) for text in texts]
    assert folded_vowels(column).to_pylist() == [fold_vowels(text) for text in texts]
    assert wade_giles_spellings(column).to_pylist() == [wade_giles(text) for text in texts]
    assert korean_sounds(column).to_pylist() == [korean_sound(text) for text in texts]
    assert are_pinyin(column).tolist() == [bool(pinyin_syllables(text)) for text in texts]
    few = [TextList(texts[start : start + MAX_LIST]) for start in range(0, len(texts), MAX_LIST)]
    for told in (are_listed, listed_name_numbers, looks_japanese, looks_korean):
        assert told(column).tolist() == [each for part in few for each in told(part).tolist()]
    for spelt in (vowels_of, syllabic_spellings):
        assert spelt(column).to_pylist() == [each for part in few for each in spelt(part).to_pylist()]
    assert class_counts(heard).tolist() == [
        each for part in few for each in class_counts(skeletons_of(part)[0]).tolist()
    ]
