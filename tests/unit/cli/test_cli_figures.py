"""Figures on the terminal: which are shown, in which words, and with which ranges."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from tests.unit.cli.conftest import AtDesk

from traboule.cli.screen.breakdowns import print_breakdowns
from traboule.cli.session import Session
from traboule.cli.spoken import say
from traboule.core.codes import vocabulary
from traboule.core.language.languages import LANGUAGES


def keys(plain: Any) -> set[str]:
    """Return every key of a JSON value, at any depth."""
    if isinstance(plain, dict):
        return set(plain).union(*map(keys, plain.values()))
    return set().union(*map(keys, plain)) if isinstance(plain, list) else set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_range_stands_with_its_level_and_what_it_rests_on(language: str, at_desk: AtDesk) -> None:
    output = " ".join(at_desk("figures", "--language", language).out.split())
    assert "90 %" in output
    assert say("interval-open", language) in output


def test_programs_are_given_ranges_with_their_level(at_desk: AtDesk) -> None:
    for command in (("figures",), ("explain", "potential_victims")):
        plain = json.loads(at_desk(*command, "--json").out)
        assert "likely" not in keys(plain)
        assert {"low", "high", "value"} <= keys(plain)
    for figure in json.loads(at_desk("figures", "--json").out)["figures"]:
        interval = figure["interval"]
        if interval is not None:
            assert (interval["level"], interval["audited"], interval["calibrated"]) == (0.9, 0, False)
            assert figure["low"] <= interval["low"] <= figure["value"] <= interval["high"] <= figure["high"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_breakdowns_are_in_words(language: str) -> None:
    output = printed([SEX], language, 10)
    assert vocabulary("sexes").label("female", language) in output
    assert language == "en" or "female" not in output


def test_what_is_left_out_is_counted() -> None:
    assert "1 more" in printed([STATES], "en", 1)
    assert "more" not in printed([STATES], "en", 2)


def test_a_state_is_chosen_by_code_or_name(at_desk: AtDesk) -> None:
    for name in ("ml", "Mali", "مالي"):
        output = at_desk("figures", "--figure", "investigations", "--state", name).out
        assert "Mali (ML)" in output
        assert "Togo" not in output


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_desk_is_told_that_few_persons_are_not_counted_for_it(language: str, at_desk: AtDesk) -> None:
    """Nobody's sex is printed, nor that there is nobody; the sentence says who is shown more."""
    output = at_desk("figures", "--breakdowns", "--language", language).out
    assert vocabulary("sexes").label("female", language) not in output
    ended = at_desk("explain", "potential_victims", "--language", language)
    for text in (output, ended.out):
        assert say("withheld", language, count=10) in text
        assert say("persons-withheld", language)[:30] in " ".join(text.split())
    assert "P1" not in ended.out
    assert at_desk("unseen", "--language", language).out.strip().endswith(say("unseen-withheld", language)[-12:])


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_change_of_few_persons_is_not_told(language: str, at_desk: AtDesk) -> None:
    output = at_desk("compare", "--from", "2024-01-01", "--language", language).out
    assert say("withheld", language, count=10) in output
    assert say("reasons-withheld", language) in " ".join(output.split())


SEX = {"titles": {"en": "Arrests"}, "breakdowns": {"sex": {"female": [12, 12, 14]}}}
STATES = {"titles": {"en": "Arrests"}, "breakdowns": {"state": {"ML": [12, 12, 12], "TG": [30, 30, 30]}}}


def printed(figures: list[dict[str, Any]], language: str, limit: int) -> str:
    """Return breakdowns as a terminal shows them."""
    console = Console(file=StringIO(), width=80)
    print_breakdowns(Session(language, False, Path(), out=console), figures, limit)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


@pytest.mark.parametrize(
    ("arguments", "meant"),
    [
        (("figures", "--figure", "potential_victim"), "potential_victims"),
        (("figures", "--figure", "Arrest"), "arrests"),
        (("figures", "--dimension", "stat"), "state"),
        (("figures", "--state", "Malli"), "ML (Mali)"),
        (("explain", "potential_victms"), "potential_victims"),
        (("unseen", "victims"), "potential_victims"),
        (("return", "template", "--state", "Sengal"), "SN (Senegal)"),
        (("operation", "show", "--operation", "liberterra-i"), "liberterra-ii"),
    ],
)
def test_what_was_probably_meant_is_asked(arguments: tuple[str, ...], meant: str, at_desk: AtDesk) -> None:
    ended = at_desk(*arguments)
    assert ended.status == 4
    assert f"Did you mean {meant}?" in ended.err
    assert "Did you mean" not in at_desk("explain", "qqqqqq").err
