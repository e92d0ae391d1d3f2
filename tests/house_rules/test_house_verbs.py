"""Every verb exists, asks for a permission and is reachable; every command has its words in four languages."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from traboule.app import start
from traboule.app.dispatch import handler
from traboule.app.verbs import VERBS
from traboule.cli.main import traboule
from traboule.cli.spoken import SpokenGroup, SpokenOption
from traboule.core.language.languages import LANGUAGES
from traboule.core.language.messages import catalogue
from traboule.core.permissions import GRANTS, Permission

CLI = Path(__file__).parents[2] / "src" / "traboule" / "cli"
WORDS = catalogue("traboule.cli", "words.yaml")


def commands(group: SpokenGroup, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield (*path, name), command
        if isinstance(command, SpokenGroup):
            yield from commands(command, (*path, name))


@pytest.fixture(scope="module", autouse=True)
def _django() -> None:
    start.prepare()


@pytest.mark.parametrize("name", VERBS)
def test_verb_takes_a_call_and_promises_something(name: str) -> None:
    act = handler(VERBS[name])
    assert next(iter(inspect.signature(act).parameters)) == "call"
    assert inspect.getdoc(act)


def test_every_permission_is_granted_to_somebody_and_used() -> None:
    granted = frozenset().union(*GRANTS.values())
    used = {verb.permission for verb in VERBS.values()}
    assert set(Permission) - granted == set()
    assert set(Permission) - used == set()


def test_every_command_has_help_in_every_language_and_an_example() -> None:
    assert isinstance(traboule, SpokenGroup)
    for path, _ in commands(traboule):
        entry = WORDS["help-" + "-".join(path)]
        assert set(LANGUAGES) <= set(entry), path
        assert entry["example"].startswith(("traboule ", "cat ")), path


def test_every_option_has_help_in_every_language() -> None:
    assert isinstance(traboule, SpokenGroup)
    for path, command in commands(traboule):
        for option in command.params:
            if isinstance(option, SpokenOption):
                assert set(LANGUAGES) <= set(WORDS[f"option-{option.help}"]), path


def test_who_sits_outside_makes_no_actor_and_uses_no_inner_door() -> None:
    """The command line and the web act by a session alone: the door that believes who acts is not theirs."""
    inner = re.compile(r"\bActor\b|\bdispatch\.perform\b|\.perform\([^)]*\bby=")
    sources = [path for room in (CLI, CLI.parent / "web") for path in sorted(room.rglob("*.py"))]
    assert [path.name for path in sources if inner.search(path.read_text(encoding="utf-8"))] == []
    assert inner.search('desk.perform("link", by=officer, at=now)')


def test_every_command_has_a_json_form() -> None:
    assert isinstance(traboule, SpokenGroup)
    leaves = [(path, command) for path, command in commands(traboule) if not isinstance(command, click.Group)]
    assert [path for path, command in leaves if "as_json" not in {option.name for option in command.params}] == []


def test_the_command_line_says_nothing_of_its_own() -> None:
    """Whatever is said comes from the catalogue: every code said is there, and every entry there is said."""
    source = "\n".join(path.read_text(encoding="utf-8") for path in sorted(CLI.glob("*.py")))
    said = set(re.findall(r'(?<!teller\.)(?<!teller\(\)\.)\bsay\(\s*"([a-z0-9-]+)"', source))
    assert said - set(WORDS) == set()


@pytest.mark.parametrize("code", sorted(WORDS))
def test_words_stand_in_every_language(code: str) -> None:
    entry = WORDS[code]
    assert all(str(entry.get(language, "")).strip() for language in LANGUAGES)
    assert re.search(r"[\u0600-\u06ff]", str(entry["ar"]))
    places = {language: set(re.findall(r"\{[a-z_]+\}", str(entry[language]))) for language in LANGUAGES}
    assert places["en"] == places["fr"] == places["es"] == places["ar"], code
