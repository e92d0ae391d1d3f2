"""Figures on the terminal: which are shown, in which words, and with no range that is not known to hold."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.unit.cli.conftest import AtDesk

from traboule.core.codes import vocabulary
from traboule.core.language.languages import LANGUAGES


def keys(plain: Any) -> set[str]:
    """Return every key of a JSON value, at any depth."""
    if isinstance(plain, dict):
        return set(plain).union(*map(keys, plain.values()))
    return set().union(*map(keys, plain)) if isinstance(plain, list) else set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_range_is_shown_but_the_least_and_the_most(language: str, at_desk: AtDesk) -> None:
    output = at_desk("figures", "--language", language).out
    assert "90" not in output
    assert "٩٠" not in output


def test_programs_are_given_the_least_and_the_most_alone(at_desk: AtDesk) -> None:
    for command in (("figures",), ("explain", "potential_victims")):
        plain = json.loads(at_desk(*command, "--json").out)
        assert "likely" not in keys(plain)
        assert {"low", "high", "value"} <= keys(plain)


@pytest.mark.parametrize("language", LANGUAGES)
def test_breakdowns_are_in_words(language: str, at_desk: AtDesk) -> None:
    output = at_desk("figures", "--figure", "potential_victims", "--dimension", "sex", "--language", language).out
    assert vocabulary("sexes").label("female", language) in output
    assert language == "en" or "female" not in output


def test_what_is_left_out_is_counted(at_desk: AtDesk) -> None:
    arguments = ("figures", "--figure", "potential_victims", "--dimension", "state", "--limit", "1")
    assert "1 more" in at_desk(*arguments).out
    assert "more" not in at_desk(*arguments[:-1], "2").out


def test_a_state_is_chosen_by_code_or_name(at_desk: AtDesk) -> None:
    for name in ("ml", "Mali", "مالي"):
        output = at_desk("figures", "--figure", "potential_victims", "--state", name).out
        assert "Mali (ML)" in output
        assert "Togo" not in output


@pytest.mark.parametrize(
    ("arguments", "meant"),
    [
        (("figures", "--figure", "potential_victim"), "potential_victims"),
        (("figures", "--figure", "Arrest"), "arrests"),
        (("figures", "--dimension", "nationalty"), "nationality"),
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
