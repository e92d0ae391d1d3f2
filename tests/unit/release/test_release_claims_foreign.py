"""Texts about operations we hold nothing of, which do not name them: none of their numbers is held against ours."""

from __future__ import annotations

import pytest

from traboule.figures.published import shipped_sheets
from traboule.release.claims import ClaimsReport, check_text

FOREIGN: dict[str, str] = {
    "en": (
        "BOGOTA, Colombia – A sweep coordinated by INTERPOL against people smuggling across the Americas has led to"
        " 2,310 arrests, the rescue of 1,630 potential victims and the detection of nearly 11,900 irregular migrants."
        " Authorities in 33 countries carried out more than 6 million checks over five days."
    ),
    "fr": (
        "Une opération policière menée par Interpol et des polices africaines a permis 1 062 arrestations à travers le"
        " monde et l'identification de 1 823 victimes potentielles de la traite, a annoncé mardi l'organisation. Elle"
        " impliquait les forces de l'ordre de 54 pays. Au total, 12 731 migrants irréguliers ont été détectés."
    ),
    "es": (
        "Una operación coordinada por Interpol en toda Latinoamérica se ha saldado con la detención de 2.268"
        " sospechosos en 32 países. Se descubrió a 9.015 migrantes irregulares y se rescató a 1.280 posibles víctimas"
        " de trata, informó este lunes la organización policial en un comunicado."
    ),
    "de": (
        "Bei einer weltweiten Aktion gegen Menschenhandel haben Ermittler nach Angaben von Interpol 1580 Verdächtige"
        " festgenommen und 2194 mutmaßliche Opfer befreit. An dem Einsatz waren 43 Länder beteiligt. Zudem seien"
        " 9015 irreguläre Migranten aufgegriffen worden, hieß es am Freitag."
    ),
    "pt": (
        "Uma operação internacional contra o tráfico de pessoas resultou na identificação de 1.194 potenciais vítimas e"
        " na prisão de 1.580 suspeitos em 43 países, informou a Interpol nesta sexta-feira. A ofensiva ocorreu entre 1"
        " e 6 de junho e mobilizou agentes de diferentes nações durante a semana."
    ),
    "ar": (
        "أفضت عملية تولى الإنتربول تنسيقها ضد تهريب المهاجرين والاتجار بالبشر إلى اعتقال 1210 أشخاص في 25 بلدا وفتح 93"
        " تحقيقا جديدا. وأنقذت السلطات 1800 ضحية محتملة وكشفت 9400 مهاجر غير نظامي، وأجري حوالي 15 مليون عملية تدقيق في"
        " قواعد بيانات الإنتربول عند المعابر."
    ),
}


def checked(text: str) -> ClaimsReport:
    return check_text(text, sheets=shipped_sheets(), default="liberterra-ii")


@pytest.mark.parametrize("language", sorted(FOREIGN))
def test_an_operation_without_a_name_and_without_our_numbers_is_anothers(language: str) -> None:
    report = checked(FOREIGN[language])
    assert (report.operation, report.language) == (None, language)
    assert {claim.verdict for claim in report.claims} == {"not_ours"}


@pytest.mark.parametrize("language", sorted(FOREIGN))
def test_one_of_our_numbers_with_its_digits_exchanged_makes_the_text_ours_again(language: str) -> None:
    numbers = {"en": "2,310", "fr": "1 062", "es": "2.268", "de": "1580", "pt": "1.580", "ar": "1210"}
    told = {"en": "2,571", "fr": "2 571", "es": "2.571", "de": "2571", "pt": "2.571", "ar": "2571"}
    report = checked(FOREIGN[language].replace(numbers[language], told[language]))
    assert report.operation == "liberterra-ii"
    assert ("wrong", 2517) in {(claim.verdict, claim.right) for claim in report.claims}


def test_a_short_text_is_held_against_what_it_is_checked_for() -> None:
    assert [claim.verdict for claim in checked("Interpol: 1,062 arrests worldwide").claims] == ["wrong"]
