"""Commands in the user's language: help, options and labels are looked up when shown, never at import.

In: catalogue keys. Out: click commands whose help comes from ``cli/words.yaml`` in the language of the call.
"""

from __future__ import annotations

import importlib
import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

from traboule.app.wording import sentences
from traboule.cli.failures.terminal import is_unicode
from traboule.core.codes import vocabulary
from traboule.core.errors import NotFound, TrabouleError
from traboule.core.language.languages import SPOKEN_LANGUAGES
from traboule.core.language.messages import catalogue, fill
from traboule.core.language.numbers import numbered
from traboule.core.language.spelling import nearest, nearest_of
from traboule.core.permissions import PERSONAL_ROLES

# What may be wrong with a value, by the type that was asked for.
WANTED = {
    click.Choice: "choice",
    click.DateTime: "moment",
    click.Path: "file",
    click.File: "file",
    click.types.IntParamType: "number",
    click.types.FloatParamType: "number",
}
# The options that every command has, and that may stand before it as well.
COMMON_OPTIONS: tuple[tuple[tuple[str, ...], Mapping[str, Any]], ...] = (
    (("--language", "language"), {"type": click.Choice(SPOKEN_LANGUAGES), "help": "language"}),
    (("--json", "as_json"), {"is_flag": True, "help": "json"}),
    (("--data", "data"), {"type": click.Path(file_okay=False, path_type=Path), "help": "data"}),
    (("--database", "database"), {"help": "database"}),
    (("--as", "acting_as"), {"metavar": "LOGIN", "help": "as"}),
    (("--role", "acting_role"), {"type": click.Choice([role.value for role in PERSONAL_ROLES]), "help": "role"}),
)


def say(code: str, language: str, **values: object) -> str:
    """Return entry ``code`` of the command line's catalogue in ``language``, with numbers as it writes them.

    KeyError for a code that is not there.
    """
    return fill(catalogue("traboule.cli", "words.yaml")[code], language, numbered(values, language))


def refusal(error: TrabouleError, language: str) -> str:
    """Return the sentence of an error."""
    return sentences.refusal(error, language, say)


def with_meant(text: str, near: object, language: str) -> str:
    """Return a sentence followed by the question whether ``near`` was meant, where there is such a name."""
    return sentences.with_meant(text, near, language, say)


def plain_json(plain: object) -> str:
    """Return a value as one line of JSON, in letters that standard output can write."""
    return json.dumps(plain, ensure_ascii=not is_unicode(), sort_keys=True)


def moment(iso: str) -> str:
    """Return a moment in ISO 8601 as people read it: to the minute, in UTC."""
    return f"{datetime.fromisoformat(iso).astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def zoned(typed: datetime) -> datetime:
    """Return a moment that was typed; where it names no zone, it is in UTC."""
    return typed if typed.tzinfo else typed.replace(tzinfo=UTC)


def misused(wrong: click.ClickException, language: str) -> str:
    """Return in one sentence how a command was called wrongly."""
    if isinstance(wrong, click.NoSuchOption):
        options = (name for option in _command_of(wrong).params for name in (*option.opts, *option.secondary_opts))
        near = nearest(wrong.option_name, [name for name in options if name.startswith("--")])
        return with_meant(say("usage-option", language, name=wrong.option_name), near, language)
    if isinstance(wrong, click.exceptions.NoSuchCommand):
        return with_meant(say("usage-command", language, name=wrong.command_name), _near_command(wrong), language)
    if isinstance(wrong, click.BadOptionUsage):
        return say("usage-bare", language, name=wrong.option_name)
    parameter = getattr(wrong, "param", None)
    if not isinstance(wrong, click.BadParameter) or parameter is None:
        return say("usage-other", language)
    name = parameter.opts[0] if isinstance(parameter, click.Option) else parameter.human_readable_name.upper()
    if isinstance(wrong, click.MissingParameter):
        return say("usage-missing", language, name=name)
    kind = next((code for type_, code in WANTED.items() if isinstance(parameter.type, type_)), "value")
    if isinstance(parameter.type, click.Path) and not parameter.type.file_okay:
        kind = "folder"
    return say(f"usage-{kind}", language, name=name, choices=", ".join(getattr(parameter.type, "choices", ())))


def _command_of(wrong: click.UsageError) -> click.Command:
    return wrong.ctx.command if wrong.ctx is not None else click.Command(None)


def _near_command(wrong: click.exceptions.NoSuchCommand) -> str:
    """Return the command that was probably meant: of this group, else the same name in another."""
    group = _command_of(wrong)
    names = list(group.places) if isinstance(group, SpokenGroup) else []
    return nearest(wrong.command_name, names)


def spoken_language(value: str | None) -> str:
    """Return the language to speak: the one asked for, else the environment's, else English."""
    for candidate in (value, os.environ.get("TRABOULE_LANGUAGE"), os.environ.get("LC_ALL"), os.environ.get("LANG")):
        if candidate and candidate[:2].lower() in SPOKEN_LANGUAGES:
            return candidate[:2].lower()
    return "en"


def language_of(ctx: click.Context) -> str:
    """Return the language chosen for this call, English before one is known."""
    return str((ctx.find_root().obj or {}).get("language", "en"))


class StateType(click.ParamType[str]):
    """A country or territory by its ISO 3166 code or its name in one of the four languages; gives the code."""

    name = "state"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the code. Raises NotFound for what is no country or territory, with what was probably meant."""
        countries = vocabulary("countries")
        code = str(value).strip().upper()
        code = code if code in countries else countries.find(str(value)) or ""
        if not code:
            labels = {
                state: [countries.label(state, language) for language in SPOKEN_LANGUAGES] for state in countries.codes
            }
            near = nearest_of(str(value), labels)
            language = language_of(ctx) if ctx else "en"
            raise NotFound("state-unknown", state=value, near=near and f"{near} ({countries.label(near, language)})")
        return code

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return the codes that begin so, each with its name."""
        countries = vocabulary("countries")
        codes = [code for code in countries.codes if code.startswith(incomplete.upper())]
        return [CompletionItem(code, help=countries.label(code, language_of(ctx))) for code in codes]


STATE = StateType()


class SpokenOption(click.Option):
    """An option whose ``help`` is a catalogue key."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Return the option's line of help in the language of the call."""
        key, self.help = self.help, say(f"option-{self.help}", language_of(ctx)) if self.help else None
        record = super().get_help_record(ctx)
        self.help = key
        return record


class _Spoken(click.Command):
    """A command whose help, and the words around it, come from the catalogue."""

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write how the command is called."""
        pieces = " ".join(self.collect_usage_pieces(ctx))
        formatter.write_usage(ctx.command_path, pieces, prefix=f"{say('usage', language_of(ctx))} ")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the options; a group lists its commands after them."""
        records = [
            record for parameter in self.get_params(ctx) if (record := parameter.get_help_record(ctx)) is not None
        ]
        if records:
            with formatter.section(say("options", language_of(ctx))):
                formatter.write_dl(records)
        if isinstance(self, click.Group):
            self.format_commands(ctx, formatter)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Return the option that shows the help, in words of the catalogue."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = say("option-help", language_of(ctx))
        return option

    def _key(self, ctx: click.Context) -> str:
        path, context = [str(ctx.info_name)], ctx
        while context.parent is not None:
            context = context.parent
            path.append(str(context.info_name))
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
    """A command whose help is in the catalogue under its path, such as ``help-return-check``."""


class SpokenGroup(_Spoken, click.Group):
    """A group whose commands are imported only when called: ``places`` maps a name to ``module:attribute``.

    The common options may stand before its command; ``lists_options`` says so in its help.
    """

    def __init__(self, *args: Any, places: Mapping[str, str], lists_options: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = places
        self.params += [
            SpokenOption(list(names), callback=_keep, expose_value=False, hidden=not lists_options, **settings)
            for names, settings in COMMON_OPTIONS
        ]

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order in which they are declared: the order of the work."""
        return list(self.places)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a command."""
        if cmd_name not in self.places:
            return None
        module, attribute = self.places[cmd_name].split(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Return the commands that begin so, each with the first sentence of its help, and the options."""
        if incomplete.startswith("-"):
            return super().shell_complete(ctx, incomplete)
        names = [name for name in self.places if name.startswith(incomplete)]
        return [
            CompletionItem(name, help=_first_sentence(f"{self._key(ctx)}-{name}", language_of(ctx))) for name in names
        ]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands with the first sentence of each one's help."""
        language = language_of(ctx)
        prefix = self._key(ctx)
        with formatter.section(say("commands", language)):
            formatter.write_dl([(name, _first_sentence(f"{prefix}-{name}", language)) for name in self.places])


def _keep(ctx: click.Context, param: click.Parameter, value: Any) -> None:
    """Keep a common option that stands before the command; the language was read before all else."""
    if value and ctx.find_root().obj is not None and param.name not in (None, "language"):
        ctx.find_root().obj[param.name] = value


def _first_sentence(code: str, language: str) -> str:
    return say(code, language).split(". ")[0].rstrip(".")
