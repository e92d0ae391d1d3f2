"""Judging at the command line: numbers of the queue, names that can be copied, and both sides as they may be seen."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.unit.cli.conftest import AGENCY, AtDesk

from traboule.cli.spoken import say
from traboule.core.language.languages import LANGUAGES

LEFT, RIGHT = f"ML/{AGENCY}/P1", f"TG/{AGENCY}/P1"


def numbers(at_desk: AtDesk) -> dict[int, tuple[str, str]]:
    """Return the pair that the queue shows under each number."""
    links = json.loads(at_desk("judge", "queue", "--json").out)["links"]
    return {link["number"]: (link["left"], link["right"]) for link in links}


@pytest.mark.parametrize("language", LANGUAGES)
def test_records_can_be_copied_whole_from_a_narrow_terminal(language: str, at_desk: AtDesk) -> None:
    for command in (("judge", "queue"), ("judge", "explain", LEFT, RIGHT)):
        lines = [line.strip() for line in at_desk(*command, "--language", language).out.splitlines()]
        assert {LEFT, RIGHT} <= set(lines)


def test_a_number_means_the_link_it_was_shown_for_however_the_queue_changes(at_desk: AtDesk) -> None:
    first = numbers(at_desk)
    assert list(first) == list(range(1, len(first) + 1))
    assert len(first) >= 2
    signed = json.loads(at_desk("judge", "decide", "1", "no_match", "--reason", "two sisters", "--json").out)
    assert (signed["left"], signed["right"]) == first[1]
    later = numbers(at_desk)
    assert 1 not in later
    assert later == {number: pair for number, pair in first.items() if number != 1}
    last = max(first)
    signed = json.loads(at_desk("judge", "decide", str(last), "match", "--reason", "seen", "--json").out)
    assert (signed["left"], signed["right"]) == first[last]
    assert at_desk("judge", "undo", "1", "--reason", "mistaken").status == 0
    assert numbers(at_desk).items() <= first.items()


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_to_list_is_a_sentence_and_no_nought(language: str, at_desk: AtDesk) -> None:
    left_out = at_desk("judge", "left-out", "--language", language).out
    assert say("stopped-none", language) in " ".join(left_out.split())
    for number in numbers(at_desk):
        assert at_desk("judge", "decide", str(number), "no_match", "--reason", "two sisters").status == 0
    queue = " ".join(at_desk("judge", "queue", "--language", language).out.split())
    assert say("queue-none", language) in queue
    assert say("queue-left", language, shown=0, count=0) not in queue


@pytest.mark.parametrize("language", LANGUAGES)
def test_linking_says_whose_records_are_not_among_those_counted(language: str, at_desk: AtDesk) -> None:
    shown = " ".join(at_desk("link", "--language", language).out.split())
    assert say("linked-without-protected", language) in shown


def test_numbers_are_shared_by_all_who_look_at_one_database(at_desk: AtDesk) -> None:
    shorter = json.loads(at_desk("judge", "queue", "--limit", "1", "--json").out)["links"][0]
    assert numbers(at_desk)[shorter["number"]] == (shorter["left"], shorter["right"])


def test_a_number_that_was_not_shown_is_refused(at_desk: AtDesk, cluster: Path) -> None:
    for stored in cluster.glob("queue-numbers-*.json"):
        stored.unlink()
    ended = at_desk("judge", "decide", "1", "match", "--reason", "x")
    assert (ended.status, ended.out) == (4, "")
    assert "traboule judge queue" in ended.err
    numbers(at_desk)
    assert at_desk("judge", "explain", "999").status == 4
    assert at_desk("judge", "explain", "1", "--operation", "weka-ii").status == 3
    for file in cluster.glob("queue-numbers-*.json"):
        assert file.stat().st_mode & 0o077 == 0


def test_wrong_ways_of_naming_a_link_are_usage(at_desk: AtDesk) -> None:
    assert at_desk("judge", "decide", LEFT, RIGHT, "--reason", "x").status == 2
    assert "match, no_match, unsure" in at_desk("judge", "decide", LEFT, RIGHT, "mach", "--reason", "x").err
    assert at_desk("judge", "explain", LEFT).status == 2


@pytest.mark.parametrize(
    ("language", "sex", "role"),
    [("en", "female", "suspect"), ("fr", "femme", "suspect"), ("ar", "أنثى", "مشتبه")],
)
def test_explain_shows_where_both_come_from_and_what_they_say_in_codes(
    language: str, sex: str, role: str, at_desk: AtDesk
) -> None:
    text = at_desk("judge", "explain", LEFT, RIGHT, "--language", language).out
    for file in ("ML.json", "TG.json"):
        assert file in text
    assert text.count("2024-10-01") == 2
    assert sex in text.lower()
    assert role in text.lower()
    assert not any(name in text for name in ("Amavi", "Kodjo", "2237612345"))


def test_a_mistyped_record_is_answered_with_the_one_meant(at_desk: AtDesk) -> None:
    for command in (
        ("judge", "explain", LEFT, RIGHT.replace("P1", "P7")),
        ("judge", "built", LEFT.replace("n", "m", 1)),
    ):
        ended = at_desk(*command)
        assert ended.status == 4
        assert "Did you mean" in ended.err
        assert LEFT in ended.err


def test_a_number_half_written_when_the_machine_fell_is_given_again(at_desk: AtDesk, cluster: Path) -> None:
    first = numbers(at_desk)
    for stored in cluster.glob("queue-numbers-*.json"):
        whole = stored.read_text(encoding="utf-8")
        stored.write_text(whole.rstrip("\n")[:-9], encoding="utf-8")
    assert numbers(at_desk) == first


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_audit_lists_the_same_links_in_an_order_of_its_own(language: str, at_desk: AtDesk) -> None:
    audit = json.loads(at_desk("judge", "audit", "--json").out)["links"]
    assert {(link["left"], link["right"]) for link in audit} == set(numbers(at_desk).values())
    assert all(not link["effects"] for link in audit)
    assert say("queue-audit", language) in " ".join(at_desk("judge", "audit", "--language", language).out.split())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_model_is_explained_with_its_hash_and_links_nothing(language: str, at_desk: AtDesk) -> None:
    plain = json.loads(at_desk("link", "--explain-model", "--json", "--language", language).out)
    shown = at_desk("link", "--explain-model", "--language", language).out
    assert plain["hash"] in shown
    assert say("model-source-default", language) in shown
    assert {line["field"].split()[0] for line in plain["levels"]} <= set(shown.split())
    again = json.loads(at_desk("link", "--explain-model", "--json", "--language", language).out)
    assert again == plain
