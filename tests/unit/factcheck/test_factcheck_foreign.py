"""Texts about operations we hold nothing of, which do not name them: none of their numbers is held against ours."""

from __future__ import annotations

import pytest

from traboule.factcheck import ClaimsReport, check_text
from traboule.figures.published import shipped_sheets

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

# What has nothing to do with trafficking, or comes from a register, may still hold numbers next to ours, round ones of
# the same size, and "provisional": none is held against ours where nothing else in the text is ours.
SIMILAR: dict[str, str] = {
    "en-countries": (
        "More than 900 parrots and tortoises were seized by customs services in a worldwide action against the trade in"
        " rare animals. Led by Interpol, it involved police in 118 different countries and lasted a month."
        " Around 280 suspects were identified."
    ),
    "en-register": (
        "The charity's register counted 4,417 potential victims of modern slavery in January to March, an increase of"
        " 7 per cent compared with October to December (4,412). Of these, 2,571 were adults and 3,232 had been referred"
        " by local councils; 54 per cent of the decisions were positive."
    ),
    "en-status": (
        "Interpol and the customs services of the region took in tons of timber during the month. Initial results have"
        " led to the identification of almost 600 suspects, and further arrests are anticipated in several countries."
    ),
    "fr-pays": (
        "C'est une vaste opération menée par Interpol contre les faux médicaments, avec les polices de 117 pays sur les"
        " quelque 190 que compte l'organisation. Elle a duré sept jours; 243 personnes ont été arrêtées et plus de"
        " 9 millions de boîtes saisies, dont 400 000 dans un seul aéroport."
    ),
    "fr-milliers": (
        "Un coup de filet mené par Interpol et des polices africaines a permis plus de 1 100 arrestations relatives à"
        " la traite d'êtres humains. Des milliers de victimes ont été identifiées en deux phases, entre mai et juin,"
        " sur le continent et au-delà."
    ),
    "es-provisional": (
        "Las fuerzas de seguridad liberaron el año pasado a 1.512 presuntas víctimas de trata, un aumento del 21 % con"
        " respecto al anterior. La información sobre el número de víctimas liberadas es provisional y podría sufrir"
        " modificaciones, advirtió el ministerio."
    ),
    "de-beamte": (
        "Laut Europol waren bei den Kontrollen in 29 Staaten mehr als 14.000 Polizisten im Einsatz, um Personen und"
        " Fahrzeuge zu kontrollieren. Mindestens 205 Festnahmen erfolgten. Die Teilnahme an der auch von Interpol"
        " unterstützten Aktionswoche ist freiwillig."
    ),
    "de-grenze": (
        "In den ersten neun Monaten dieses Jahres wurden an der Grenze gut 7.900 Migranten bei der illegalen Einreise"
        " aufgegriffen. Etwa die Hälfte von ihnen wurde zurückgeschickt. Mehr als 400 Schleuser wurden gefasst."
    ),
    "pt-dados": (
        "Os resultados preliminares da fiscalização foram divulgados pelo ministério: 31 trabalhadores resgatados em"
        " sete fazendas, mais de 100 autos de infração e cerca de 1.700 migrantes irregulares registados ao longo do"
        " ano passado."
    ),
    "ar-minazzama": (
        "أوضحت منظمة الهجرة في تقرير لها أن أكثر من 1700 مهاجر غير نظامي تعرضوا للاتجار بالبشر خلال عامين، وأنها ساعدت"
        " ما يصل إلى سبعة آلاف شخص من ضحايا الاتجار بالبشر، وهي تعمل منذ عقود في أكثر من 100 دولة حول العالم."
    ),
}

# One sentence that names ours, in a paragraph of its own: the rest of the text is not about it for that.
PASSING: dict[str, str] = {
    "en": "Last month the agency also presented its operation Liberterra II against human trafficking.",
    "fr": "Le mois dernier, l'agence avait aussi présenté son opération Liberterra II contre la traite.",
    "es": "El mes pasado la agencia presentó también su operación Liberterra II contra la trata.",
    "de": "Im vergangenen Monat hatte die Behörde auch ihre Operation Liberterra II gegen Menschenhandel vorgestellt.",
    "pt": "No mês passado a agência apresentou também a sua operação Liberterra II contra o tráfico de pessoas.",
    "ar": "وكانت الوكالة قد عرضت الشهر الماضي أيضا عملية ليبرتيرا الثانية ضد الاتجار بالبشر.",
}
TITLES: dict[str, str] = dict.fromkeys(FOREIGN, "Liberterra II") | {"ar": "ليبرتيرا الثانية"}


def checked(text: str) -> ClaimsReport:
    return check_text(text, sheets=shipped_sheets(), default="liberterra-ii")


@pytest.mark.parametrize("language", sorted(FOREIGN))
def test_an_operation_without_a_name_and_without_our_numbers_is_anothers(language: str) -> None:
    report = checked(FOREIGN[language])
    assert (report.operation, report.language) == (None, language)
    assert {claim.verdict for claim in report.claims} == {"not_ours"}


@pytest.mark.parametrize("case", sorted(SIMILAR))
def test_a_number_next_to_ours_does_not_make_a_text_ours(case: str) -> None:
    report = checked(SIMILAR[case])
    # Where no number is taken for a figure at all, nothing tells against the operation checked for, nor for it.
    assert report.operation is None or not any(claim.figure for claim in report.claims)
    assert report.language == case[:2]
    assert {claim.verdict for claim in report.claims} == {"not_ours"}


@pytest.mark.parametrize("case", [*sorted(FOREIGN), *sorted(SIMILAR)])
@pytest.mark.parametrize("first", [True, False])
def test_a_name_in_passing_does_not_make_the_rest_ours(case: str, first: bool) -> None:
    text, name = (FOREIGN | SIMILAR)[case], PASSING[case[:2]]
    report = checked(f"{name}\n\n{text}" if first else f"{text}\n\n{name}")
    assert {claim.verdict for claim in report.claims} == {"not_ours"}


@pytest.mark.parametrize("language", sorted(FOREIGN))
def test_it_also_ran_ours_makes_nothing_of_the_same_paragraph_ours(language: str) -> None:
    report = checked(f"{FOREIGN[language]} {PASSING[language]}")
    assert {claim.verdict for claim in report.claims} == {"not_ours"}


@pytest.mark.parametrize("language", sorted(FOREIGN))
def test_a_title_with_our_name_makes_all_below_it_ours(language: str) -> None:
    report = checked(f"{TITLES[language]}\n\n{FOREIGN[language]}")
    assert "wrong" in {claim.verdict for claim in report.claims}


@pytest.mark.parametrize("language", sorted(FOREIGN))
def test_one_of_our_numbers_with_its_digits_exchanged_makes_the_text_ours_again(language: str) -> None:
    numbers = {"en": "2,310", "fr": "1 062", "es": "2.268", "de": "1580", "pt": "1.580", "ar": "1210"}
    misprints = {"en": "2,571", "fr": "2 571", "es": "2.571", "de": "2571", "pt": "2.571", "ar": "2571"}
    report = checked(FOREIGN[language].replace(numbers[language], misprints[language]))
    assert report.operation == "liberterra-ii"
    assert ("wrong", 2517) in {(claim.verdict, claim.right) for claim in report.claims}


def test_a_short_text_is_held_against_what_it_is_checked_for() -> None:
    assert [claim.verdict for claim in checked("Interpol: 1,062 arrests worldwide").claims] == ["wrong"]
