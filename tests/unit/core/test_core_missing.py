"""Rule 14: unknown, not asked, not applicable and zero are four values, and an empty cell is none of them."""

from __future__ import annotations

import pytest

from traboule.core.codes import vocabulary
from traboule.core.language.languages import LANGUAGES
from traboule.core.missing import MISSING, missing_label, read_missing

SPELLINGS = {
    "unknown": (
        "unknown|Unk|UNK.|n/k|N.K.|not known|no data|inconnu|INCONNUE|indéterminé|indetermine|non renseigné|N.R.|nc|"
        "desconocido|Desconocida|se desconoce|sin dato|s/d|غير معروف|غيـر معروف|غَيْر مَعْرُوف|مجهول|لا يُعرف|"
        "?|??|-|—|--|999|9999|-99|٩٩٩|#N/A|xxx"
    ),
    "not_asked": (
        "not asked|NOT_ASKED|non demandé|question non posée|no preguntado|no se preguntó|لم يُسأل|لم يتم السؤال"
    ),
    "not_applicable": "N/A|n/a|n.a.|NA|not applicable|sans objet|S.O.|no aplica|no procede|لا ينطبق|لا تنطبق",
}
CASES = [(text, kind) for kind, texts in SPELLINGS.items() for text in texts.split("|")]


@pytest.mark.parametrize(("text", "kind"), CASES)
def test_each_spelling_is_its_own_kind_of_missing(text: str, kind: str) -> None:
    assert read_missing(text) == kind
    assert read_missing(f"  {text} ") == kind


@pytest.mark.parametrize(
    "text", ["0", "٠", "", "  ", "no", "non", "لا", "none of them", "1", "99 rue X", "Unknown Smith"]
)
def test_a_value_is_not_missing_and_zero_is_a_value(text: str) -> None:
    assert read_missing(text) is None


@pytest.mark.parametrize("text", ["99", "999", "9999", "٩٩٩"])
def test_a_count_of_999_is_a_count(text: str) -> None:
    assert read_missing(text) == "unknown"
    assert read_missing(text, number=True) is None
    assert read_missing(f"-{text}", number=True) == "unknown"


def test_the_three_kinds_and_zero_are_four_values() -> None:
    read = [read_missing(missing_label(kind, "en")) for kind in MISSING]
    assert len({*read, read_missing("0")}) == 4


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_label_reads_back_as_its_kind(language: str) -> None:
    assert [read_missing(missing_label(kind, language)) for kind in MISSING] == list(MISSING)


def test_the_codes_that_look_missing_are_known_so_that_coded_fields_ask_their_vocabulary_first() -> None:
    hidden = {code for code in vocabulary("countries").codes if read_missing(code)}
    assert hidden == {"NA", "NC", "NR"}
