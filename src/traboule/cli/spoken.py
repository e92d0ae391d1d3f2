"""Commands that speak the user's language: help, options and labels are looked up when shown, never at import.

Comes in: catalogue keys. Goes out: click commands whose help is read from ``cli/words.yaml`` in the language asked for.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Mapping
from typing import Any

import click

from traboule.core.words import LANGUAGES, catalogue, fill


def say(code: str, language: str, **values: object) -> str:
    """Return entry ``code`` of the command line's catalogue in ``language``. KeyError for a code that is not there."""
    return fill(catalogue("traboule.cli", "words.yaml")[code], language, values)


def spoken_language(value: str | None) -> str:
    """Return the language to speak: the one asked for, else the environment's, else English."""
    for candidate in (value, os.environ.get("TRABOULE_LANGUAGE"), os.environ.get("LC_ALL"), os.environ.get("LANG")):
        if candidate and candidate[:2].lower() in LANGUAGES:
            return candidate[:2].lower()
    return "en"


def language_of(ctx: click.Context) -> str:
    """Return the language chosen for this call, English before one is known."""
    found = ctx.find_root().params.get("language")
    return str(found or (ctx.find_root().obj or {}).get("language", "en"))


class SpokenOption(click.Option):
    """An option whose ``help`` is a catalogue key."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Return the option's line of help in the language of the call."""
        key, self.help = self.help, say(f"option-{self.help}", language_of(ctx)) if self.help else None
        record = super().get_help_record(ctx)
        self.help = key
        return record


class _Spoken(click.Command):
    def _key(self, ctx: click.Context) -> str:
        path, walked = [str(ctx.info_name)], ctx
        while walked.parent is not None:
            walked = walked.parent
            path.append(str(walked.info_name))
        return "help-" + "-".join(reversed(path[:-1])) if len(path) > 1 else "help"

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the command's help and its example."""
        language = language_of(ctx)
        entry = catalogue("traboule.cli", "words.yaml")[self._key(ctx)]
        with formatter.indentation():
            formatter.write_paragraph()
            formatter.write_text(fill(entry, language, {}))
        if "example" in entry:
            with formatter.section(say("example", language)), formatter.indentation():
                for line in str(entry["example"]).strip().splitlines():
                    formatter.write(f"  {line}\n")

    def get_short_help_str(self, limit: int = 80) -> str:
        """Return nothing: the group asks the catalogue itself, since only it knows the language."""
        return ""


class SpokenCommand(_Spoken):
    """A command whose help stands in the catalogue under its path, such as ``help-return-check``."""


class SpokenGroup(_Spoken, click.Group):
    """A group whose commands are imported only when called: ``places`` maps a name to ``module:attribute``."""

    def __init__(self, *args: Any, places: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = places

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order in which they are declared: the order of the work."""
        return list(self.places)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a command."""
        if cmd_name not in self.places:
            return None
        module, attribute = self.places[cmd_name].split(":")
        found: click.Command = getattr(importlib.import_module(module), attribute)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands with the first sentence of each one's help."""
        language = language_of(ctx)
        prefix = self._key(ctx)
        with formatter.section(say("commands", language)):
            formatter.write_dl([(n, say(f"{prefix}-{n}", language).split(". ")[0].rstrip(".")) for n in self.places])
