"""The command ``traboule``: its groups, error messages and exit statuses.

In: the arguments of the process. Out: an exit status: 0 done, 2 wrong usage, then those of ``core/errors.py`` (3
refused, 4 not found, 5 conflict, 6 faults, 7 not ready, 70 our own fault) and 130 when interrupted.
"""

from __future__ import annotations

import logging
import os
import sys
from itertools import pairwise
from typing import Any

import click

from traboule.app.wording.sentences import fault
from traboule.cli.failures import system, terminal
from traboule.cli.spoken import SpokenGroup, SpokenOption, misused, plain_json, refusal, say, spoken_language
from traboule.core.errors import Invalid, TrabouleError, Unready
from traboule.core.language.messages import plain as unmarked

COMMANDS = "traboule.cli"
INTERRUPTED = 130
COMPLETION = "_TRABOULE_COMPLETE"

PLACES = {
    "demo": f"{COMMANDS}.running.demonstration:demo",
    "serve": f"{COMMANDS}.running.serving:serve",
    "follow": f"{COMMANDS}.running.following:follow",
    "login": f"{COMMANDS}.signing.commands:login",
    "logout": f"{COMMANDS}.signing.commands:logout",
    "whoami": f"{COMMANDS}.signing.commands:whoami",
    "people": f"{COMMANDS}.signing.people:people",
    "token": f"{COMMANDS}.signing.tokens:token",
    "operation": f"{COMMANDS}.operations:operation",
    "return": f"{COMMANDS}.returns:returns",
    "link": f"{COMMANDS}.linking:link",
    "judge": f"{COMMANDS}.linking:judge",
    "hit": f"{COMMANDS}.hits.commands:hit",
    "decoy": f"{COMMANDS}.hits.decoys:decoy",
    "deconflict": f"{COMMANDS}.hits.deconfliction:deconflict",
    "screening": f"{COMMANDS}.protection.commands:screening",
    "referral": f"{COMMANDS}.protection.commands:referral",
    "networks": f"{COMMANDS}.analysis.commands:networks",
    "convergence": f"{COMMANDS}.analysis.commands:convergence",
    "recurrence": f"{COMMANDS}.analysis.commands:recurrence",
    "offers": f"{COMMANDS}.analysis.commands:offers",
    "routes": f"{COMMANDS}.analysis.commands:routes",
    "figures": f"{COMMANDS}.counting:figures",
    "explain": f"{COMMANDS}.counting:explain",
    "compare": f"{COMMANDS}.counting:compare",
    "unseen": f"{COMMANDS}.counting:unseen",
    "release": f"{COMMANDS}.releasing:release",
    "research": f"{COMMANDS}.research:research",
    "export": f"{COMMANDS}.exchanging:export",
    "check": f"{COMMANDS}.texts:check",
    "erasure": f"{COMMANDS}.signing.erasing:erasure",
    "ledger": f"{COMMANDS}.auditing.ledger:ledger",
    "backup": f"{COMMANDS}.auditing.backups:backup",
    "restore": f"{COMMANDS}.auditing.backups:restore",
    "keys": f"{COMMANDS}.auditing.root_key:keys",
    "database": f"{COMMANDS}.databases:database",
}


@click.group(
    cls=SpokenGroup,
    places=PLACES,
    lists_options=True,
    name="traboule",
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(package_name="traboule", message="%(prog)s %(version)s", cls=SpokenOption, help="version")
def traboule() -> None:
    """The whole command; its help is in the catalogue."""


def main() -> None:
    """Run the command line and leave with its exit status."""
    terminal.fit_streams()
    status = 0
    try:
        status = run(sys.argv[1:])
        sys.stdout.flush()
    except BrokenPipeError:
        terminal.leave_pipe()
    except OSError as failure:  # Not even the error could be written where the result was to go.
        terminal.leave_pipe()
        language = spoken_language(None)
        unwritten = system.in_words(failure, say("standard-output", language))
        status = status or _print_error(unwritten, language, as_json=False)
    sys.exit(status)


def run(arguments: list[str]) -> int:
    """Run ``arguments`` and return the exit status; whatever goes wrong is said in one sentence on standard error."""
    # Text copied from an Arabic sentence contains direction marks.
    arguments = [unmarked(argument) for argument in arguments]
    language = _language(arguments)
    try:
        # Without its standalone mode click returns the status of a command that left early, and None of one that ended.
        left = traboule.main(arguments, prog_name="traboule", standalone_mode=False, obj={"language": language})
    except (click.exceptions.Abort, KeyboardInterrupt):
        return _interrupted(language, as_json="--json" in arguments)
    except click.ClickException as wrong:
        return _misused(wrong, language, as_json="--json" in arguments)
    except TrabouleError as error:
        return _print_error(error, language, as_json="--json" in arguments)
    except (BrokenPipeError, SystemExit) as gone:
        # Rich and click exit so when the reader of a pipe has closed it, and click after completing a word.
        return int(getattr(gone, "code", None) or 0) if COMPLETION in os.environ else 0
    except MemoryError:
        return _print_error(Unready("machine-exhausted"), language, as_json="--json" in arguments)
    except OSError as failure:
        refused = system.in_words(failure, say("standard-output", language))
        return _print_error(refused, language, as_json="--json" in arguments)
    except Exception:
        logging.getLogger("traboule").exception("broken")
        terminal.print_error(say("broken", language))
        return 70
    return left if isinstance(left, int) else 0


def _interrupted(language: str, *, as_json: bool) -> int:
    if as_json:
        click.echo(plain_json({"error": "interrupted", "message": say("interrupted", language)}))
    else:
        terminal.print_error(say("interrupted", language))
    return INTERRUPTED


def _misused(wrong: click.ClickException, language: str, *, as_json: bool) -> int:
    context = getattr(wrong, "ctx", None)
    sentence = misused(wrong, language)
    if as_json:
        click.echo(plain_json({"error": "usage", "message": sentence}))
        return wrong.exit_code
    if context is not None:
        click.echo(f"{context.get_usage()}\n{say('usage-help', language, command=context.command_path)}\n", err=True)
    terminal.print_error(f"{say('error', language)} {sentence}")
    return wrong.exit_code


def _print_error(error: TrabouleError, language: str, *, as_json: bool) -> int:
    if as_json:
        plain: dict[str, Any] = {"error": error.code, "message": refusal(error, language)}
        if isinstance(error, Invalid):
            plain["findings"] = [
                {
                    "code": finding.code,
                    "place": finding.field or finding.sheet,
                    "line": finding.row,
                    "message": fault(finding, language),
                }
                for finding in error.findings
            ]
        click.echo(plain_json(plain))
    else:
        terminal.print_error(f"{say('error', language)} {refusal(error, language)}")
        if isinstance(error, Invalid):
            for finding in error.findings[:20]:
                terminal.print_error(fault(finding, language), indent="  ")
    return error.exit_code


def _language(arguments: list[str]) -> str:
    """The language of help and errors, which may be shown before any option has been read."""
    values = [value for name, value in pairwise(arguments) if name == "--language"]
    values += [name.removeprefix("--language=") for name in arguments if name.startswith("--language=")]
    language = spoken_language(values[-1] if values else None)
    if "--json" in arguments or terminal.can_write(language):
        return language
    terminal.print_error(say("language-unwritable", "en", encoding=sys.stdout.encoding))
    return "en"


if __name__ == "__main__":
    main()
