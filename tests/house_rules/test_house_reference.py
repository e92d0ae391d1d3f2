"""Undocumented means red: the reference that is kept is the one the program would write of itself now."""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from traboule.app.verbs import VERBS
from traboule.cli.main import traboule
from traboule.cli.spoken import SpokenGroup, SpokenOption
from traboule.core.codes import vocabulary, vocabulary_names
from traboule.core.language.languages import LANGUAGES
from traboule.core.permissions import Permission, Role
from traboule.figures.definition import dictionary
from traboule.returns.faults import codes as fault_codes
from traboule.returns.form import form

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"
SOURCE = ROOT / "src" / "traboule"
PAGES = (
    "README.md",
    "asvs.md",
    "commands.md",
    "errors.md",
    "faults.md",
    "figures.md",
    "promises.md",
    "return-form.md",
    "verbs.md",
    "exchange.md",
    "vocabularies.md",
)
AGAIN = "the reference is out of date; run: .venv/bin/python docs/reference/generate.py"
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")


def kept(page: str) -> str:
    return (REFERENCE / page).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def written() -> Mapping[str, str]:
    """The pages as the program would write them now."""
    sys.path.insert(0, str(REFERENCE))
    try:
        pages: Mapping[str, str] = importlib.import_module("generate").pages()
    finally:
        sys.path.remove(str(REFERENCE))
    return pages


def section(page: str, heading: str) -> str:
    """Return what stands under a heading of the second level, empty where there is none."""
    result = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", page, re.DOTALL | re.MULTILINE)
    return result[1] if result else ""


def rows(page: str) -> set[str]:
    """Return the codes in the first column of every table."""
    return set(re.findall(r"^\| `([^`]+)` \|", page, re.MULTILINE))


def commands(context: click.Context) -> Iterator[tuple[str, click.Command]]:
    group = context.command
    assert isinstance(group, SpokenGroup)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        below = click.Context(command, info_name=name, parent=context)
        yield below.command_path, command
        if isinstance(command, SpokenGroup):
            yield from commands(below)


def test_every_page_is_known_and_written(written: Mapping[str, str]) -> None:
    assert sorted(written) == sorted(PAGES)


@pytest.mark.parametrize("page", PAGES)
def test_the_page_kept_is_the_page_written(page: str, written: Mapping[str, str]) -> None:
    same = (REFERENCE / page).read_bytes() == written[page].encode("utf-8")
    assert same, AGAIN


def test_every_command_and_option_is_documented() -> None:
    page = kept("commands.md")
    for path, command in commands(click.Context(traboule, info_name="traboule")):
        said = section(page, path)
        assert said, path
        shared = section(page, "Options of every command")
        for option in command.params:
            if isinstance(option, SpokenOption):
                assert ", ".join([*option.opts, *option.secondary_opts]) in rows(said) | rows(shared), path


def test_every_verb_and_role_is_documented() -> None:
    page = kept("verbs.md")
    assert set(VERBS) <= rows(page)
    assert all(f"| {role} |" in section(page, "Roles") for role in Role)
    assert all(f"`{permission}`" in section(page, "Roles") for permission in Permission)


def test_every_figure_is_documented_with_its_caveats() -> None:
    page = kept("figures.md")
    for name, definition in dictionary().items():
        said = section(page, name)
        assert all(definition.titles[language] in said for language in LANGUAGES), name
        assert said.count("\n- ") == len(definition.caveats), name


def test_every_table_and_field_is_documented() -> None:
    page = kept("return-form.md")
    for name, table in form().tables.items():
        assert rows(section(page, name)) == set(table.fields), name


def test_every_vocabulary_and_code_is_documented() -> None:
    page = kept("vocabularies.md")
    for name in vocabulary_names():
        known = vocabulary(name)
        said = section(page, name)
        assert rows(said) == set(known.codes), name
        assert said.count("**extension**") == sum(known.extension(code) for code in known.codes), name


def test_every_fault_is_documented() -> None:
    others: set[str] = set()
    for room in ("operation", "release"):
        others |= yaml.safe_load((SOURCE / room / "faults.yaml").read_text(encoding="utf-8")).keys()
    assert rows(kept("faults.md")) == {*fault_codes(), *others}


def test_every_error_is_documented_with_its_status() -> None:
    page = kept("errors.md")
    listed: Mapping[str, Any] = yaml.safe_load((SOURCE / "core" / "errors.yaml").read_text(encoding="utf-8"))
    assert rows(section(page, "Codes")) == set(listed)
    assert re.search(r"^\| `not-permitted` \|.*\| `Refused` \| 3 \|$", page, re.MULTILINE)


def test_arabic_is_isolated() -> None:
    """Every run of Arabic letters stands inside bdi, but in the heading of its own column."""
    for page in PAGES:
        bare = re.sub(r"<bdi lang=\"ar\" dir=\"rtl\">.*?</bdi>", "", kept(page)).replace("| العربية |", "")
        assert re.findall(r"[\u0600-\u06ff]+", bare) == [], page


def test_links_between_documents_lead_somewhere() -> None:
    lost = []
    for page in sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]):
        for target in LINK.findall(page.read_text(encoding="utf-8")):
            if not (page.parent / target).exists():
                lost.append(f"{page.relative_to(ROOT)}: {target}")
    assert lost == []


def test_what_is_left_out_is_seen() -> None:
    """The measures above see a code, a section and a status that are not there."""
    page = kept("verbs.md")
    assert set(VERBS) - rows(page.replace("| `link` |", "| link |")) == {"link"}
    assert section(page, "No such heading") == ""
    assert LINK.findall("see [this](nowhere.md#there) and [that](https://example.org)") == ["nowhere.md"]
