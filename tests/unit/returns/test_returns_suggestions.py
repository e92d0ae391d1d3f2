"""What is suggested for a word that no list holds: the code meant or nothing, tried on every spelling there is."""

from __future__ import annotations

import random
import string

import pytest
from rapidfuzz.distance import Levenshtein

from traboule.core.codes import vocabulary, vocabulary_names
from traboule.core.findings import Finding, Severity
from traboule.core.language.languages import LANGUAGES
from traboule.core.language.messages import catalogue
from traboule.core.language.spelling import fold
from traboule.returns.faults import advice
from traboule.returns.faults.suggestions import suggested
from traboule.returns.form import COVER, form

SEED = 20241004
ARABIC = "ابتثجحخدذرزسشصضطظعغفقكلمنهوي"


def slips(text: str, dice: random.Random) -> list[str]:
    """One letter left out, doubled, replaced, and two neighbours exchanged, each at a place of its own."""
    letters = ARABIC if any("\u0600" <= sign <= "\u06ff" for sign in text) else string.ascii_lowercase
    at = [dice.randrange(len(text)) for _ in range(4)]
    exchanged = min(at[3], len(text) - 2)
    return [
        text[: at[0]] + text[at[0] + 1 :],
        text[: at[1]] + text[at[1]] + text[at[1] :],
        text[: at[2]] + dice.choice(letters) + text[at[2] + 1 :],
        text[:exchanged] + text[exchanged + 1] + text[exchanged] + text[exchanged + 2 :],
    ]


@pytest.mark.parametrize("name", vocabulary_names())
def test_a_slip_of_the_keyboard_suggests_what_was_meant_or_nothing(name: str) -> None:
    dice = random.Random(SEED)
    code_list = vocabulary(name)
    folded = {code: {fold(spelling) for spelling in code_list.spellings(code)} for code in code_list.codes}
    for code in code_list.codes if len(code_list.codes) < 60 else dice.sample(code_list.codes, 60):
        for spelling in (code_list.label(code, language) for language in LANGUAGES):
            if len(spelling) < 4 or code_list.find(spelling) != code:
                continue
            for typed in slips(spelling, dice):
                if len(near := suggested(name, typed)) == 1 and code_list.find(typed) is None:
                    own = min(Levenshtein.distance(fold(typed), text) for text in folded[near[0]])
                    rivals = [
                        text for near_code in code_list.codes if near_code != near[0] for text in folded[near_code]
                    ]
                    next_distance = min((Levenshtein.distance(fold(typed), text) for text in rivals), default=99)
                    by_words = any(set(fold(typed).split()) & set(text.split()) for text in folded[near[0]])
                    assert own < next_distance or by_words, (typed, near, f"seed {SEED}")
                    assert near == (code,), (typed, spelling, near, f"seed {SEED}")


NOTHING = {
    "sexes": ["hombra", "hembro", "gendarme"],
    "countries": [
        "gendarmerie", "Nigeri", "Nigerr", "Austrlia", "Austraila", "Austrla", "Irann", "Iraf", "Malwi", "Malii",
        "Slovnia", "Dominican", "dominicain", "Gambi", "Zambi", "Guine",
    ],
    "confirmations": ["unconfirmed", "inconfirmé"],
    "return_status": ["finished"],
    "consents": ["unrefused"],
}  # fmt: skip
MEANT = {
    "countries": {
        "Congo": ("CD", "CG"), "Bamako": ("ML",), "Le Caire": ("EG",), "القاهرة": ("EG",), "Corée": ("KP", "KR"),
        "Guinee Bisau": ("GW",), "guinee equatorial": ("GQ",), "Burkina Fasso": ("BF",), "Togoo": ("TG",),
    },
    "roles": {"not victim": ("not_a_victim",), "suspet": ("suspect",), "victime de traite": ("victim",)},
    "confirmations": {"not confrmed": ("not_confirmed",), "confrmed": ("confirmed",)},
    "referral_status": {"refered": ("referred",), "not refered": ("not_referred",)},
    "sexes": {"homre": ("male",), "femele": ("female",)},
}  # fmt: skip


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in NOTHING.items() for text in texts])
def test_what_may_be_two_things_or_the_opposite_suggests_nothing(name: str, text: str) -> None:
    assert vocabulary(name).find(text) is None
    assert suggested(name, text) == ()


@pytest.mark.parametrize(
    ("name", "text", "meant"), [(name, text, codes) for name, texts in MEANT.items() for text, codes in texts.items()]
)
def test_what_is_meant_is_suggested(name: str, text: str, meant: tuple[str, ...]) -> None:
    assert vocabulary(name).find(text) is None
    assert tuple(sorted(suggested(name, text))) == meant


def test_hembra_is_female() -> None:
    assert vocabulary("sexes").find("hembra") == "female"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_advice_says_perhaps_or_shows_a_short_list_whole(language: str) -> None:
    def advised(name: str, text: str) -> str:
        finding = Finding("R-CODE-UNKNOWN", Severity.ERROR, value=text, values={"vocabulary": name})
        return advice(finding, language)

    mali = vocabulary("countries").label("ML", language)
    assert mali in advised("countries", "Bamako")
    assert "Togo" not in advised("countries", "Kongoo")
    status = vocabulary("return_status")
    assert all(status.label(code, language) in advised("return_status", "finished") for code in status.codes)


def test_one_word_for_one_thing_on_cover_and_in_releases() -> None:
    """The help of the cover names the codes as the list does, and the desk calls the first release alike."""
    status = vocabulary("return_status")
    field = form().tables[COVER].fields["status"]
    for language in LANGUAGES:
        for code in status.codes:
            label = status.label(code, language).split(" (")[0].removesuffix(" return")
            assert label in field.help[language].casefold(), (language, code)
    kind = catalogue("traboule.cli", "words.yaml")["kind-preliminary"]
    assert all(status.label("preliminary", language) == kind[language] for language in LANGUAGES)
    assert status.find("provisoire") == "preliminary"
