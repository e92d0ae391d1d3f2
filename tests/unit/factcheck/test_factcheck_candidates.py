"""Numbers that stand away from what they count, or belong to somebody else: which of them are the operation's."""

from __future__ import annotations

import pytest

from traboule.factcheck import Claim, check_text
from traboule.figures.published import shipped_sheets


def claim(text: str, fragment: str) -> Claim:
    place = text.index(fragment)
    claims = check_text(text, sheets=shipped_sheets(), default="liberterra-iii").claims
    return next(candidate for candidate in claims if candidate.start < place + len(fragment) and place < candidate.end)


FOREIGN = (
    (
        "Liberterra III led to 3,744 arrests.\n\nEuropol held days of its own. They led to 3,229 arrests.",
        "3,229 arrests",
    ),
    ("Europol tagte in Den Haag. 2021 führten die Aktionstage zu 229 Festnahmen, es laufen 86 Verfahren.", "229"),
    ("Liberterra III detuvo a 3.744 personas.\n\nEn 2022 hubo otra campaña. Se detuvo a 2.900 personas.", "2.900"),
    (
        "Liberterra III a conduit à 3 744 arrestations. En juin, Frontex agissait. 2 900 arrestations ont suivi.",
        "2 900",
    ),
    ("أوقف في ليبرتيرا الثالثة 3744 شخصا. أما اليوروبول فنفذ عملية أخرى. وأوقف فيها 3200 شخص.", "3200"),
    ("A Liberterra III prendeu 3.744 pessoas. A Europol fez outra ação. Foram presas 2.900 pessoas.", "2.900"),
    ("Liberterra III led to 3,744 arrests. The ministry counted 3,100 arrests.", "3,100"),
    ("La Liberterra III detuvo a 3.744 personas. La ONG atendió a 4.200 víctimas.", "4.200"),
    ("Operation Liberterra III was carried out ten days ago.", "ten days"),
    ("A Liberterra III prendeu 3.744 pessoas. Em 100 países há tráfico.", "100"),
)


@pytest.mark.parametrize(("text", "fragment"), FOREIGN)
def test_what_is_said_of_another_body_or_year_is_never_held_against_ours(text: str, fragment: str) -> None:
    assert claim(text, fragment).verdict == "not_ours"


ANCHORED = (
    (
        "Liberterra III. Arrests? 3,744. At least 1,800 of those held are suspected of trafficking.",
        "1,800",
        "confirmed",
    ),
    ("Liberterra III:\n• 3 744 arrestations\n• dont plus de 1 800 pour traite ou trafic", "1 800", "confirmed"),
    ("¿Detenidos en Liberterra III? 3.744. Más de 1.800 están acusados de trata.", "1.800", "confirmed"),
    ("Liberterra II: Aus Mali kam die Geschichte von 24 Frauen aus Togo.", "24", "confirmed"),
    ("Liberterra II. Frente a Túnez se interceptó un bote. Iban 27 personas a bordo.", "27", "confirmed"),
    (
        "A Liberterra III teve quatro centros, na Argélia, em El Salvador, no Laos e no Reino Unido.",
        "quatro",
        "confirmed",
    ),
    (
        "Die Koordination von Liberterra III lag bei vier Stellen in Algerien, Laos und El Salvador.",
        "vier",
        "confirmed",
    ),
    ("Liberterra III : plus de 720 dossiers ont été ouverts.", "720", "confirmed"),
    ("En Liberterra III se abrieron 720 y pico investigaciones.", "720", "confirmed"),
    ("La Belgique a pris part à Liberterra III avec 118 autres pays.", "118", "consistent"),
    (
        "Bei Liberterra II galten 850 Festnahmen dem Menschenhandel, zwei Drittel anderen Delikten.",
        "zwei",
        "consistent",
    ),
    ("Con Liberterra II el número de países es dos veces y media mayor que en 2021.", "dos veces", "consistent"),
    ("The arrests of Liberterra III, 3,744 in all, are 49 per cent up on Liberterra II.", "3,744", "confirmed"),
)


@pytest.mark.parametrize(("text", "fragment", "verdict"), ANCHORED)
def test_a_published_number_is_known_though_what_it_counts_stands_apart(text: str, fragment: str, verdict: str) -> None:
    assert claim(text, fragment).verdict == verdict


AMISS = (
    ("Liberterra III durou dez dias.", "dez", "duration", 12),
    ("Zehn Tage dauerte die Operation Liberterra III.", "Zehn", "duration", 12),
    (
        "Over the course of ten days, Liberterra III brought together police of 119 countries.",
        "ten days",
        "duration",
        12,
    ),
    ("La operación Liberterra III reunió a 112 países durante diez días.", "112", "participants", 119),
    ("La operación Liberterra III reunió a 112 países durante diez días.", "diez", "duration", 12),
    ("An der Operation Liberterra III beteiligten sich 112 Länder.", "112", "participants", 119),
    ("Liberterra III: las víctimas potenciales fueron 4.141, que no son pocas.", "4.141", "potential_victims", 4414),
    ("وأنقذت عملية ليبرتيرا الثانية 17793 ضحية أخرى.", "17793", "potential_victims", 3222),
)


@pytest.mark.parametrize(("text", "fragment", "figure", "right"), AMISS)
def test_a_headline_figure_told_amiss_is_wrong(text: str, fragment: str, figure: str, right: int) -> None:
    judgement = claim(text, fragment)
    assert (judgement.verdict, judgement.figure, judgement.right) == ("wrong", figure, right)
