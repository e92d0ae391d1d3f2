"""What else is told of those who are counted, in six languages: no number of it is a figure told amiss."""

from __future__ import annotations

import pytest

from traboule.factcheck import check_text
from traboule.figures.published import shipped_sheets

# Something is told of some of those counted: nothing published is wrong for it.
TOLD_OF_SOME: tuple[str, ...] = (
    "In Operation Liberterra II, 60 % of the suspects arrested for trafficking were women.",
    "Liberterra II: two thirds of those who were arrested for trafficking remain in custody.",
    "In Liberterra II, 700 of those arrested were brought before a court for trafficking.",
    "In Liberterra II, 2,517 people were arrested, of whom 600 have already been charged with trafficking.",
    "In Liberterra II, 3,222 potential victims were rescued. By December, 2,500 victims had been questioned.",
    "Liberterra II led to 2,517 arrests in 116 countries. In 80 countries, police searched homes.",
    "Interpol: Liberterra II, 2,517 arrests. A further 1,900 people were arrested in follow-up raids.",
    "Liberterra II : 60 % des suspects arrêtés pour traite étaient des femmes.",
    "Opération Liberterra II : 3 222 victimes potentielles. Depuis, 2 500 victimes ont été auditionnées.",
    "En la operación Liberterra II, el 60 % de los detenidos por trata son mujeres.",
    "Liberterra II: 2.517 detenidos en 116 países. 2.100 detenidos siguen en prisión.",
    "Im Rahmen von Liberterra II: 60 Prozent der wegen Menschenhandels Festgenommenen waren Frauen.",
    "Bei Liberterra II waren 60 Prozent der wegen Menschenhandels Festgenommenen Frauen.",
    "Na operação Liberterra II, 60% dos detidos por tráfico de pessoas são mulheres.",
    "في عملية ليبرتيرا 2 كان 60% من الموقوفين بتهمة الاتجار بالبشر من النساء، بحسب الإنتربول.",
    "In Liberterra II, 312 people were arrested for human trafficking and 538 for migrant smuggling.",
    "Lors de Liberterra II, 312 personnes ont été arrêtées pour traite et 538 pour trafic de migrants.",
    "Bei Liberterra II wurden 312 Menschen wegen Menschenhandels und 538 wegen Schleusung festgenommen.",
    "The Liberterra II report counts 2,100 arrests by police, 300 by border guards and 117 by customs.",
    "The NGO said it had helped 2,000 victims rescued in Liberterra II.",
    "Liberterra II: African police forces made 1,300 arrests.",
    "Liberterra II: 160 countries were invited.",
    "Liberterra II : 98 pays ont transmis leurs résultats à ce jour.",
    "Liberterra II: el 60 % de los detenidos por trata o tráfico de migrantes está en prisión preventiva.",
    "Liberterra II: 98 Länder haben ihre Zahlen schon gemeldet.",
    "Liberterra II: 98 países já enviaram os seus dados.",
    "ليبرتيرا 2: أرسلت 98 دولة نتائجها حتى الآن.",
    "Liberterra II found 9,000 migrants at sea and 8,700 on land.",
    '"We arrested 2,400 people in three days of Liberterra II," an officer said.',
    "Les migrants identifiés lors de Liberterra II venaient de 82 pays.",
    "Liberterra II a été précédée d'une réunion de 60 pays à Lyon pendant deux jours.",
    "Liberterra II : 2 900 victimes bénéficient d'un accompagnement.",
    "Liberterra II: 2.900 Opfer erhalten Hilfe von Beratungsstellen.",
    "Liberterra II: Rund 2000 der Festgenommenen sitzen in Untersuchungshaft.",
    "Liberterra II: unas 2.000 personas siguen detenidas.",
    "عملية ليبرتيرا 2: لا يزال 2000 شخص رهن الاعتقال.",
    "Bulo: la gente de Liberterra II. No fueron esclavos: 17.793 es el número de migrantes irregulares.",
    "More than 6,500 people have been arrested in the three Liberterra operations.",
    "The operation, Liberterra III, planned for six months, took place in 119 countries.",
    "Operation Liberterra III took more than a week and led to 3,744 arrests.",
)
# The same words, said of the figure itself: text, the number, the figure, the published value.
TOLD_OF_ALL: list[tuple[str, str, str, float]] = [
    (
        "In Liberterra II, 60 % of the suspects were accused of trafficking.",
        "60 %",
        "arrests_trafficking_or_smuggling",
        0.3377,
    ),
    (
        "In Liberterra II, 2,517 were arrested, 580 of them for trafficking.",
        "580",
        "arrests_trafficking_or_smuggling",
        850,
    ),
    ("Liberterra II led to 2,517 arrests. In all, 2,571 people were arrested.", "2,571", "arrests", 2517),
    (
        "Interpol sagt, dass bei Liberterra II 60 Prozent der Festgenommenen mit Menschenhandel zu tun hatten.",
        "60 Prozent",
        "arrests_trafficking_or_smuggling",
        0.3377,
    ),
    (
        "Liberterra II: 2,517 arrests. Only 1,080 were for trafficking or smuggling.",
        "1,080",
        "arrests_trafficking_or_smuggling",
        850,
    ),
    ("Police from 148 countries have, says Interpol, taken part in Liberterra II.", "148", "participants", 116),
    ("Liberterra III mobilised more than 19,000 officers in all.", "19,000", "officers", 14000),
    ("L'opération Liberterra II a duré deux mois.", "deux mois", "duration", 6),
    ("Die Operation Liberterra II dauerte zwei Monate.", "zwei Monate", "duration", 6),
    ("Operation Liberterra II saw police in 116 countries raid homes over 16 days.", "16 days", "duration", 6),
    (
        "Ciudad de México.- En el operativo Liberterra III fueron detenidas 3 mil 774 personas.",
        "3 mil 774",
        "arrests",
        3744,
    ),
    ("Guatemala, 26 ene (EFE).- La operación Liberterra III acabó con 3.774 detenciones.", "3.774", "arrests", 3744),
]
FITS: list[tuple[str, str, str]] = [
    ("In less than a week, Operation Liberterra II led to 2,517 arrests.", "less than a week", "duration"),
    ("Operation Liberterra III took more than a week and led to 3,744 arrests.", "more than a week", "duration"),
    ("Liberterra III: 3,744 arrests, roughly 31 arrests per country.", "31", "arrests"),
    ("The three Liberterra operations together led to 6,547 arrests.", "6,547", "arrests"),
    ("Liberterra III saw 3,744 arrests. Arrests are up by 1,227.", "1,227", "arrests"),
    ("Liberterra II: 3.222 vítimas potenciais, menos de 28 por país.", "28", "potential_victims"),
    (
        "Liberterra II : 34 % des suspects l'ont été pour traite ou trafic de migrants.",
        "34 %",
        "arrests_trafficking_or_smuggling",
    ),
]


def wrong(text: str) -> list[tuple[str, str | None, object]]:
    claims = check_text(text, sheets=shipped_sheets(), default="liberterra-ii").claims
    return [(claim.text, claim.figure, claim.right) for claim in claims if claim.verdict == "wrong"]


@pytest.mark.parametrize("text", TOLD_OF_SOME)
def test_what_is_told_of_some_of_those_counted_is_never_wrong(text: str) -> None:
    assert wrong(text) == []


@pytest.mark.parametrize(("text", "words", "figure", "right"), TOLD_OF_ALL, ids=[case[1] for case in TOLD_OF_ALL])
def test_what_is_told_of_the_figure_itself_is(text: str, words: str, figure: str, right: float) -> None:
    ((text_of_claim, figure_of_claim, value),) = wrong(text)
    assert words in text_of_claim
    assert (figure_of_claim, value) == (figure, right)


@pytest.mark.parametrize(("text", "words", "figure"), FITS, ids=[case[1] for case in FITS])
def test_bounds_and_averages_fit(text: str, words: str, figure: str) -> None:
    claims = check_text(text, sheets=shipped_sheets(), default="liberterra-ii").claims
    assert [(c.verdict, c.figure) for c in claims if words in c.text] == [("consistent", figure)]
