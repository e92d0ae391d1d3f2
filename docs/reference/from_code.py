"""Reference pages read from the program's code: commands, errors, verbs.

In: the click tree, the list of verbs, the tree of errors and the places that raise them. Out: Markdown.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click
from markdown import SOURCE, code, codes, page, table, text, yes

from traboule.app.dispatch import handler
from traboule.app.verbs import VERBS
from traboule.cli.main import traboule
from traboule.cli.spoken import SpokenGroup
from traboule.core.errors import TrabouleError
from traboule.core.language.messages import catalogue
from traboule.core.permissions import GRANTS, Permission, Role

# Statuses that no error of ours stands for; see cli/main.py.
OTHER_STATUSES = {0: "Done.", click.UsageError.exit_code: "Wrong usage.", 130: "Interrupted."}

# A variable that the program reads and that is not described here stops the generation.
ENVIRONMENT = {
    "TRABOULE_ADMINISTRATOR_URL": "The address of a server's administrator, for `traboule database migrate` and `drop` "
    "alone; see [Use a PostgreSQL server](../how-to/use-a-postgresql-server.md).",
    "TRABOULE_KEYS": "The folder with the keys of a server; without it `keys` in the data folder.",
    "TRABOULE_DATABASE_URL": "A PostgreSQL server to use instead of the embedded one; see "
    "[Use a PostgreSQL server](../how-to/use-a-postgresql-server.md).",
    "TRABOULE_LEDGER_KEY": "The file of the ledger's key, where it does not lie in the data folder; see "
    "[Verify the ledger](../how-to/verify-the-ledger.md).",
    "TRABOULE_SIGN_IN_PROVIDER": "The file that configures an OpenID provider for `traboule serve`; see "
    "[Sign in by an OpenID provider](../how-to/sign-in-by-a-provider.md).",
    "TRABOULE_LANGUAGE": "Language of what is shown, where `--language` is not given; before `LC_ALL` and `LANG`.",
}


def walk(context: click.Context) -> Iterator[click.Context]:
    """Give the context of every command below ``context``, in the order in which help lists them."""
    group = context.command
    if not isinstance(group, SpokenGroup):
        return
    for name in group.list_commands(context):
        found = group.get_command(context, name)
        if found is None:
            raise LookupError(f"the command {name} is listed and not there")
        below = click.Context(found, info_name=name, parent=context)
        yield below
        yield from walk(below)


def commands() -> str:
    """Return the page of commands."""
    root = click.Context(traboule, info_name="traboule")
    found = list(walk(root))
    leaves = [one for one in found if not isinstance(one.command, click.Group)]
    common = _common(leaves)
    about = "Everything `traboule` can be told. Help is shown in four languages; here it stands in English."
    shared = [one for one in leaves[0].command.params if _name(one) in common]
    parts = [
        text(_words(root)["en"]),
        " · ".join(f"[{' '.join(_path(one)[1:])}](#{'-'.join(_path(one))})" for one in found),
        "## Options of every command",
        _options(leaves[0], shared),
        "`-h` and `--help` show a command's help; `traboule --version` the version.",
        "## Exit statuses",
        _statuses(),
        "## Environment",
        table(("Variable", "Meaning"), [(code(name), ENVIRONMENT[name]) for name in _variables()]),
        *(part for one in found for part in _command(one, common)),
    ]
    return page("Commands", about, parts)


def _path(context: click.Context) -> list[str]:
    above = _path(context.parent) if context.parent is not None else []
    return [*above, str(context.info_name)]


def _words(context: click.Context) -> dict[str, str]:
    found: dict[str, str] = catalogue("traboule.cli", "words.yaml")["-".join(["help", *_path(context)[1:]])]
    return found


def _name(parameter: click.Parameter) -> str:
    return ", ".join([*parameter.opts, *parameter.secondary_opts])


def _common(leaves: list[click.Context]) -> frozenset[str]:
    """Return the options that all commands have."""
    each = [{_name(one) for one in leaf.command.params if isinstance(one, click.Option)} for leaf in leaves]
    return frozenset(set.intersection(*each))


def _command(context: click.Context, common: frozenset[str]) -> Iterator[str]:
    path = " ".join(_path(context))
    words = _words(context)
    yield f"## {path}"
    yield text(words["en"])
    if not isinstance(context.command, click.Group):
        usage = " ".join(context.command.collect_usage_pieces(context))
        yield f"Usage: {code(f'{path} {usage}')}"
        own = [one for one in context.command.params if isinstance(one, click.Option) and _name(one) not in common]
        if own:
            yield _options(context, own)
        yield _own_status(context.command)
    yield f"```sh\n{words['example'].strip()}\n```"


def _options(context: click.Context, options: Sequence[click.Parameter]) -> str:
    rows = []
    for one in options:
        help_ = catalogue("traboule.cli", "words.yaml")[f"option-{getattr(one, 'help', '')}"]["en"]
        takes = "" if getattr(one, "is_flag", False) else code(one.make_metavar(context))
        rows.append((code(_name(one)), takes, yes(one.required), _default(context, one), text(help_)))
    return table(("Option", "Takes", "Required", "Default", "Meaning"), rows)


def _default(context: click.Context, option: click.Parameter) -> str:
    value: Any = option.get_default(context)
    return code(value) if isinstance(value, str | int | float | Path) and not isinstance(value, bool) else ""


def _own_status(command: click.Command) -> str:
    """Say with which status a command leaves of its own accord; its docstring says when."""
    body = inspect.unwrap(command.callback) if command.callback is not None else None
    left = re.findall(r"exceptions\.Exit\((\d+)\)", inspect.getsource(body)) if body is not None else []
    return f"Exit statuses: those above; {_first_sentence(body).rpartition('; ')[2]}" if left else ""


def _statuses() -> str:
    ours = {
        kind.exit_code: f"{_first_sentence(kind)} ({code(kind.__name__)})" for kind in TrabouleError.__subclasses__()
    }
    return table(
        ("Status", "Meaning"), [(str(status), said) for status, said in sorted((OTHER_STATUSES | ours).items())]
    )


def _variables() -> list[str]:
    sources = (path.read_text(encoding="utf-8") for path in sorted(SOURCE.rglob("*.py")))
    return sorted({name for source in sources for name in re.findall(r'"(TRABOULE_[A-Z_]+)"', source)})


def _first_sentence(thing: object) -> str:
    """Return the first sentence of a docstring, its names as Markdown code."""
    said = " ".join((inspect.getdoc(thing) or "").split("\n\n")[0].split())
    sentence = re.split(r"(?<=[a-z)`]\.) ", said)[0]
    return re.sub(r":\w+:`[~.]*([^`]+)`", r"`\1`", sentence).replace("``", "`")


def raised() -> dict[str, set[type[TrabouleError]]]:
    """Return by error code the kinds of error it is raised as, as far as the source names both in one place."""
    kinds = {kind.__name__: kind for kind in TrabouleError.__subclasses__()}
    found: defaultdict[str, set[type[TrabouleError]]] = defaultdict(set)
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args or not isinstance(node.args[0], ast.Constant):
                continue
            called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if called in kinds:
                found[str(node.args[0].value)].add(kinds[called])
    return dict(found)


def errors_page() -> str:
    """Return the page of errors."""
    known = raised()
    rows = []
    for name, wording in sorted(catalogue("traboule.core", "errors.yaml").items()):
        kinds = sorted(known.get(name, ()), key=lambda kind: kind.exit_code)
        statuses = ", ".join(str(kind.exit_code) for kind in kinds)
        rows.append((code(name), text(wording["en"]), codes(kind.__name__ for kind in kinds), statuses))
    about = (
        "What can stop a command or a verb: a code that stays, one sentence without personal data, and the status the "
        "command leaves with. `{name}` is filled in. With `--json` the code stands under `error`. Kind and status are "
        "empty where the code is chosen while the program runs. French, Spanish and Arabic stand beside the English "
        "in `src/traboule/core/errors.yaml`. What is wrong *inside* a return is no error but a [fault](faults.md)."
    )
    tree = [(code(one.__name__), str(one.exit_code), _first_sentence(one)) for one in TrabouleError.__subclasses__()]
    kinds_table = table(("Kind", "Exit status", "When"), tree)
    listed = table(("Code", "Sentence", "Kind", "Exit status"), rows)
    return page("Errors", about, [kinds_table, "## Codes", listed])


def verbs() -> str:
    """Return the page of verbs."""
    rows = []
    for name, verb in VERBS.items():
        holders = [role.value for role in Role if verb.permission in GRANTS[role]]
        said = _first_sentence(handler(verb))
        marks = (yes(verb.stored), yes(verb.changes), yes(verb.engine))
        rows.append((code(name), said, code(verb.permission.value), ", ".join(holders), *marks))
    about = (
        "Everything the system can do. A verb that is not here does not exist; web, command line and demo perform the "
        "same ones through one door. A verb that changes something leaves an entry in the ledger. What the engine "
        "does in the name of whoever asks reads what that person may not, and hands out numbers, codes and words."
    )
    roles = [
        (role.value, codes(permission.value for permission in Permission if permission in GRANTS[role]))
        for role in Role
    ]
    parts = [
        table(
            ("Verb", "What it does", "Permission", "Roles that hold it", "Needs database", "Changes", "By the engine"),
            rows,
        ),
        "## Roles",
        "What each role may do; the words are explained in the [glossary](../glossary.md#roles-at-the-desk).",
        table(("Role", "Permissions"), roles),
    ]
    return page("Verbs", about, parts)
