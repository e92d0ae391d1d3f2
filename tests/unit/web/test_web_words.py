"""What the room says: instants, names of states, sentences that the command line has as well."""

from __future__ import annotations

import re

import pytest

from traboule.core.errors import Refused
from traboule.core.language.messages import catalogue
from traboule.web.words import country, lasted, moment, refusal, say


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("en", "6 Oct 2024, 08:12 UTC"),
        ("fr", "6 oct. 2024, 08:12 UTC"),
        ("es", "6 oct 2024, 08:12 UTC"),
        ("ar", "٦ أكتوبر ٢٠٢٤، ٠٨:١٢ UTC"),
    ],
)
def test_an_instant_is_written_in_utc_as_the_language_does(language: str, written: str) -> None:
    assert moment("2024-10-06T10:12:00+02:00", language) == written


@pytest.mark.parametrize(
    ("hours", "language", "written"),
    [
        (0, "en", "0 hours"),
        (47, "fr", "47\xa0heures"),
        (71, "ar", "٧١ ساعة"),
        (120, "es", "5 días"),
        (2_000, "en", "12 weeks"),
    ],
)
def test_a_long_wait_is_written_in_what_people_count_it_in(hours: float, language: str, written: str) -> None:
    assert lasted(hours, language) == written


def test_a_state_has_its_name_and_an_unknown_one_its_code() -> None:
    assert (country("ML", "ar"), country("ZZZ", "en")) == ("مالي", "ZZZ")


def test_sentences_of_the_command_line_are_said_here_too() -> None:
    assert say("role-protection", "en") == "protection officer"
    error = Refused("role-lacking", roles="national", able="desk, protection")
    assert "protection officer" in refusal(error, "en")
    with pytest.raises(KeyError):
        say("no-such-sentence", "en")


# Of databases, backups, keepers, ledgers by command, models and tokens: no screen does what meets them.
NOT_IN_THE_ROOM = re.compile(
    "database-|restore-|backup-|keys-(without|shares)-|ledger-(key|bundle|receipt)|model-|queue-number|token-"
)
PLACE = re.compile(r"{(\w+)")


def test_no_error_of_the_room_names_a_command() -> None:
    """Somebody at a screen has no terminal; a sentence that says where to go says it in the names of the screens."""
    errors, words = catalogue("traboule.core", "errors.yaml"), catalogue("traboule.web", "words.yaml")
    naming = {code for code, entry in errors.items() if "traboule " in entry["en"]}
    lacking = {code for code in naming if f"error-{code}" not in words and not NOT_IN_THE_ROOM.match(code)}
    assert lacking == set()
    for code in (key.removeprefix("error-") for key in words if key.startswith("error-")):
        assert set(PLACE.findall(words[f"error-{code}"]["en"])) <= set(PLACE.findall(errors[code]["en"])), code
        assert "traboule " not in words[f"error-{code}"]["en"], code


def test_an_error_that_the_room_says_itself_is_said_so() -> None:
    error = Refused("release-unsigned", number=2, signed=1)
    assert refusal(error, "en") == (
        "Release 2 is not signed: 1 of two persons have signed it. Each signs at the release desk."
    )
