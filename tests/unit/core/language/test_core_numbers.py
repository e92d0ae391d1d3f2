"""Numbers as each language writes them, in sentences and by themselves."""

from __future__ import annotations

import pytest

from traboule.core.language.messages import fill, plain
from traboule.core.language.numbers import number, numbered, share, signed

NARROW, SPACE, MARK = "\u202f", "\u00a0", "\u061c"


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", ("2,517", "97.4", "+12.3", "-5", "12.5%", "53%")),
        ("fr", (f"2{NARROW}517", "97,4", "+12,3", "-5", f"12,5{SPACE}%", f"53{SPACE}%")),
        ("es", ("2.517", "97,4", "+12,3", "-5", f"12,5{SPACE}%", f"53{SPACE}%")),
        ("ar", ("٢٬٥١٧", "٩٧٫٤", f"{MARK}+١٢٫٣", f"{MARK}-٥", f"١٢٫٥٪{MARK}", f"٥٣٪{MARK}")),
    ],
)
def test_each_language_has_its_own_form(language: str, expected: tuple[str, ...]) -> None:
    result = (
        number(2517, language),
        number(97.4, language),
        signed(12.34, language, decimals=1),
        signed(-5, language),
        share(0.125, language, decimals=1),
        share(0.53, language),
    )
    assert result == expected


def test_nought_has_no_sign() -> None:
    assert (signed(0, "fr"), signed(-0.04, "fr", decimals=1)) == ("0", "0,0")


def test_only_numbers_of_a_sentence_are_written_anew() -> None:
    assert numbered({"count": 2517, "row": "2517", "open": True}, "ar") == {
        "count": "٢٬٥١٧",
        "row": "2517",
        "open": True,
    }


def test_latin_letters_and_digits_keep_their_direction_in_arabic_and_nowhere_else() -> None:
    wording = {"en": "{record} – {name}, {count}", "ar": "{record} – {name}، {count}"}
    values = {"record": "ML/Police/P1", "name": "الشرطة", "count": "٢٬٥١٧"}
    assert fill(wording, "ar", values) == "\u2068ML/Police/P1\u2069 – الشرطة، ٢٬٥١٧"
    assert fill(wording, "en", values) == "ML/Police/P1 – الشرطة, ٢٬٥١٧"
    assert fill(wording, "ar", {**values, "record": "\u2068ML\u2069"}).count("\u2068") == 1
    assert plain(fill(wording, "ar", values)) == "ML/Police/P1 – الشرطة، ٢٬٥١٧"
