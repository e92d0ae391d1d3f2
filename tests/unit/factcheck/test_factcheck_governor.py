"""Numbers near an operation that are not its own: looked into, come of something else, or counts of something else.

Each of these was called wrong, or confirmed, before; the last lists keep what must still be called wrong.
"""

from __future__ import annotations

import pytest

from traboule.factcheck.check import check_text
from traboule.figures.published import shipped_sheets

SHEETS = shipped_sheets()


def verdicts(text: str) -> dict[str, str]:
    """Return the verdict of each claim by its text."""
    return {claim.text: claim.verdict for claim in check_text(text, sheets=SHEETS).claims}


@pytest.mark.parametrize(
    "text",
    [
        "A study of 2,000 arrests made in Liberterra II found that most were men.",
        "Operation Liberterra II ended with 2,517 arrests. A review of 2,000 arrests made in it is under way.",
        "Researchers looked at 1,200 arrests of Liberterra II.",
        "Une étude de 2 000 arrestations de Liberterra II montre que la plupart étaient des hommes.",
        "Un estudio de 2.000 detenciones de Liberterra II muestra que la mayoría eran hombres.",
        "Um estudo de 2.000 detenções da Liberterra II mostra que a maioria eram homens.",
        "Eine Studie zu 2000 Festnahmen bei Liberterra II zeigt, dass die meisten Männer waren.",
        "تناولت دراسة 2000 عملية توقيف في عملية ليبرتيرا الثانية.",
        "INTERPOL notices led to 1,100 arrests. Liberterra II was a success.",
        "Operation Liberterra II: 2,517 arrests in 116 countries. INTERPOL notices led to 1,100 arrests.",
        "A red notice is not a warrant. Of 1,800 arrests on red notices, none was part of Liberterra II.",
        "Les notices d’Interpol ont permis 1 100 arrestations. L’opération Liberterra II s’est bien passée.",
        "Las notificaciones de Interpol llevaron a 1.100 detenciones. La operación Liberterra II fue un éxito.",
        "Judges upheld 1,900 arrests from Liberterra II.",
        "Operation Liberterra II is over. Our reporter has seen the files of 1,500 arrests.",
        "Les avocats contestent 1 300 arrestations de Liberterra II.",
        "La fiscalía confirmó 1.900 detenciones de Liberterra II.",
        "Anwälte fechten 1300 Festnahmen aus Liberterra II an.",
        "Os advogados contestaram 1.300 detenções da Liberterra II.",
        "أكدت النيابة 1900 عملية توقيف في ليبرتيرا الثانية.",
        "أسفرت ليبرتيرا الثانية عن 2517 عملية توقيف. وأيد القضاة 1900 عملية توقيف، وطعن المحامون في 1100 عملية توقيف.",
        "Después de Liberterra II. Las monjas acogieron a 2.600 víctimas.",
        "Après Liberterra III, l’association a hébergé 2 300 victimes, soigné 1 800 migrants.",
    ],
)
def test_what_was_looked_into_or_came_of_something_else_is_not_wrong(text: str) -> None:
    assert "wrong" not in verdicts(text).values()


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("The county has 17,793 residents. Two deputies joined Operation Liberterra II.", "17,793"),
        ("Liberterra II detuvo a 2.517 personas. La Policía identificó a 3.222 conductores sin seguro.", "3.222"),
        ("Liberterra II: 2.517 detidos. A empresa informou que 2.517 lares ficaram sem água.", "2.517 lares"),
        ("Liberterra III : 3 744 arrestations. Les notices ont conduit à 3 744 extraditions.", "3 744"),
    ],
)
def test_a_published_number_of_something_else_is_not_confirmed(text: str, number: str) -> None:
    claims = [claim for claim in check_text(text, sheets=SHEETS).claims if claim.text.startswith(number)]
    assert claims[-1].verdict == "not_ours"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("The police made 2,000 arrests in Operation Liberterra II.", "2,000 arrests"),
        ("According to a study, Liberterra II led to 2,000 arrests.", "2,000 arrests"),
        ("Interpol reports 3,197 arrests in Operation Liberterra II.", "3,197 arrests"),
        ("A study of the 2,571 arrests made in Liberterra II is under way.", "2,571 arrests"),
        ("Interpol meldet 3197 Festnahmen bei Liberterra II.", "3197 Festnahmen"),
        ("En seis días se hicieron 3197 arrestos en la operación Liberterra II.", "3197 arrestos"),
        ("L’opération Liberterra II a donné lieu à 3 197 arrestations.", "3 197 arrestations"),
    ],
)
def test_what_was_wrong_stays_wrong(text: str, number: str) -> None:
    assert verdicts(text)[number] == "wrong"


@pytest.mark.parametrize(
    "text",
    [
        "What of the 3,222 now? Liberterra II found them.",
        "Liberterra II ended with 2,517 apprehensions in 116 countries.",
    ],
)
def test_a_published_number_of_ours_stays_ours(text: str) -> None:
    assert set(verdicts(text).values()) <= {"confirmed", "dropped_qualifier"}


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Liberterra II a donné lieu à 3 197 arrestations.", "fr"),
        ("Liberterra II : 2 517 arrestations", "fr"),
        ("Liberterra II ended in 2,517 arrests", "en"),
        ("Liberterra II: 2.517 detenciones", "es"),
    ],
)
def test_a_headline_is_read_in_its_own_language(text: str, language: str) -> None:
    """An English verb's beginning, "arrest", stands in the French noun: so French headlines were read as English."""
    report = check_text(text, sheets=SHEETS)
    assert report.language == language
    assert " " in report.claims[0].text
