"""Placeholders are no names; a word that is a name somewhere stays."""

from __future__ import annotations

import pytest

from traboule.linkage.names.tokens import token_texts


@pytest.mark.parametrize(
    "name",
    [
        *("Unknown", "UNKNOWN MALE 1", "Unidentified female", "Victim 1", "VICTIM A", "Potential victim 3", "Minor 2"),
        *(
            "Jane Doe",
            "Doe, John",
            "N.N.",
            "NN",
            "FNU LNU",
            "X Y",
            "xxxx",
            "No name",
            "Mr. X",
            "A.B.",
            "V1",
            "[REDACTED]",
        ),
        *(
            "Víctima 3",
            "Desconocida, Mujer",
            "Victime n° 4",
            "Inconnu",
            "Sans nom",
            "Mineur isolé",
            "Vítima",
            "Unbekannt",
        ),
        *("مجهول الهوية", "ضحية ١", "غير معروف", "неизвестная женщина", "Невідомо", "不详", "受害人", "불명"),
    ],
)
def test_nobodys_name_is_none(name: str) -> None:
    family, _, given = name.partition(", ")
    assert token_texts(family, given) == token_texts(given, family) == ()


@pytest.mark.parametrize(
    ("family", "given", "expected"),
    [
        ("Minor", "John", ("john", "minor")),
        ("Child", "Thomas", ("child", "thomas")),
        ("Moyo", "Witness", ("moyo", "witness")),
        ("Devi", "Baby", ("baby", "devi")),
        ("Doe", "Samuel", ("doe", "samuel")),
        ("", "Nina", ("nina",)),
        ("No", "Young-Soo", ("no", "youngsoo")),
        ("O", "Se-hoon", ("o", "sehoon")),
        ("Smith", "J. A.", ("a", "j", "smith")),
        ("معروف", "سمير", ("marwf", "samir")),
    ],
)
def test_what_is_somebodys_name_somewhere_stays(family: str, given: str, expected: tuple[str, ...]) -> None:
    assert token_texts(family, given) == expected


@pytest.mark.parametrize(
    ("family", "given", "left"),
    [
        ("Okafor", "Unknown", ("okafor",)),
        ("Okafor", "Unknown female", ("okafor",)),
        ("Victim", "Ali Hassan", ("ali", "hassan")),
        ("Inconnu", "Awa", ("awa",)),
        ("UNKNOWN", "J. Okafor", ("j", "okafor")),
    ],
)
def test_what_is_known_beside_it_is_kept(family: str, given: str, left: tuple[str, ...]) -> None:
    assert token_texts(family, given) == left
