"""Errors and faults as sentences, for the command line and the room.

In: an error or a finding, a language, and how the face that shows it says a code. Out: text. Light: the command line
loads it at each call.
"""

from __future__ import annotations

from collections.abc import Callable

from traboule.core.errors import TrabouleError
from traboule.core.findings import Finding
from traboule.core.language.messages import catalogue, fill, sentence
from traboule.core.language.numbers import numbered

# Catalogues of the faults that an error brings along; the check of a return has its own.
FAULTS = (("traboule.operation", "faults.yaml"), ("traboule.release", "faults.yaml"))
REGISTER = "register_"  # How the names of its tables begin.
ROLE_VALUES = ("role", "roles", "able")

Say = Callable[..., str]  # say(code, language, **values); KeyError for a code that is not there.


def refusal(error: TrabouleError, language: str, say: Say) -> str:
    """Return the sentence of an error, with numbers as ``language`` writes them.

    A face that says ``error-<code>`` itself says that: the sentence of the command line names commands. Its value
    ``near`` is the name that was probably meant; ``role``, ``roles`` and ``able`` are codes of roles.
    """
    values = {
        name: in_roles(value, language, say) if name in ROLE_VALUES else value for name, value in error.values.items()
    }
    try:
        text = say(f"error-{error.code}", language, **values)
    except KeyError:
        text = sentence("errors", error.code, language, numbered(values, language))
    return with_meant(text, error.values.get("near"), language, say)


def in_roles(codes: object, language: str, say: Say) -> str:
    """Return codes of roles, with commas between them, in words; a code without a word stays."""
    named = [_role(code, language, say) for code in str(codes).split(", ") if code]
    return say("list-separator", language).join(named) or say("roles-none", language)


def with_meant(text: str, near: object, language: str, say: Say) -> str:
    """Return a sentence followed by the question whether ``near`` was meant, where there is such a name."""
    return f"{text} {say('meant', language, name=near)}" if near else text


def fault(finding: Finding, language: str) -> str:
    """Return what is wrong and what to do about it, in ``language``; the bare code where no catalogue has it."""
    for package, name in FAULTS:
        if entry := catalogue(package, name).get(finding.code):
            place = " ".join(part for part in (finding.sheet, finding.cell) if part)
            location = {"value": finding.value, "sheet": finding.sheet, "cell": finding.cell, "place": place}
            values = {**location, **finding.values}
            return f"{fill(entry['message'], language, values)} {fill(entry['advice'], language, values)}"
    return f"{finding.code}: " + " ".join(part for part in (finding.sheet, finding.cell, finding.value) if part)


def ledger_table(name: str, language: str, say: Say) -> str:
    """Return what the rows of a table are, in words; the table's own name where there are none."""
    if name.startswith(REGISTER):
        return say("ledger-table-register", language, part=name.removeprefix(REGISTER))
    try:
        return say(f"ledger-table-{name}", language)
    except KeyError:
        return name


def _role(code: str, language: str, say: Say) -> str:
    try:
        return say(f"role-{code}", language)
    except KeyError:
        return code
