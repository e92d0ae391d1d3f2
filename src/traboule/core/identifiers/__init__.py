"""Identifiers: the form in which two filings of one compare equal, and whether its check digit is right.

In: a kind, the text as filed, a region for national phone numbers, the state that issued the number. Out: a
:class:`NormalisedIdentifier`. Guaranteed: pure; the same text gives the same answer; no text raises. An identifier with
a wrong check digit keeps its value (rule 13).
"""

from traboule.core.identifiers.machine_readable import MachineReadable, read_machine_readable
from traboule.core.identifiers.normal import is_placeholder, normalise, normalise_each
from traboule.core.identifiers.online import is_anybodys, is_of_many, mailbox
from traboule.core.identifiers.plain import Plain, plain
from traboule.core.identifiers.validity import NormalisedIdentifier, Reason, Verdict

__all__ = [
    "MachineReadable",
    "NormalisedIdentifier",
    "Plain",
    "Reason",
    "Verdict",
    "is_anybodys",
    "is_of_many",
    "is_placeholder",
    "mailbox",
    "normalise",
    "normalise_each",
    "plain",
    "read_machine_readable",
]
