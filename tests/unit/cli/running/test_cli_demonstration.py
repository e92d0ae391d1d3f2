"""What a demo leads to: commands that exist, and that show something."""

from __future__ import annotations

import click
import pytest

from traboule.cli.main import traboule
from traboule.cli.running.demonstration import next_commands
from traboule.demo.story_outcome import StoryOutcome


def named(outcome: StoryOutcome) -> list[str]:
    return [command for _, command in next_commands(outcome)]


def test_the_queue_is_named_where_a_link_is_open_and_to_who_may_judge_it() -> None:
    assert [command for command in named(StoryOutcome(open_links=3)) if "queue" in command] == [
        "judge queue --as protection"
    ]
    assert [command for command in named(StoryOutcome()) if "queue" in command] == []


def test_what_changed_is_named_where_there_were_two_releases() -> None:
    final = {"arrests": {"value": 17}}
    assert any(command.startswith("compare") for command in named(StoryOutcome(figures=final)))
    assert not any(command.startswith("compare") for command in named(StoryOutcome(figures=final, record={})))
    assert not any(command.startswith("compare") for command in named(StoryOutcome()))


@pytest.mark.parametrize("command", named(StoryOutcome(open_links=1, figures={"arrests": {"value": 17}})))
def test_every_command_is_one(command: str) -> None:
    called, words = traboule, command.split()
    while isinstance(called, click.Group):
        called = called.get_command(click.Context(called), words.pop(0))
    assert called is not None
    options = {option for parameter in called.params for option in parameter.opts} | {"--as"}  # That of every command.
    assert {word for word in words if word.startswith("--")} <= options
