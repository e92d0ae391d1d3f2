"""The tree of errors.

    TrabouleError
    ├── Refused    the caller may not do this, or the thing handed in is not acceptable at all
    ├── NotFound   the thing named does not exist, or is hidden from the caller: the two look the same
    ├── Conflict   the thing exists already, or somebody else changed it first
    ├── Invalid    what was handed in has faults; they come along as findings, all of them
    ├── Unready    something this needs is not running
    └── Broken     our own fault

An error carries a stable code, and the values for its sentence. The sentence is in ``core/errors.yaml`` in four
languages and never holds personal data. Only web and cli turn an error into a status or an exit code. A fault in a
return is not an error but a finding (house rule 5).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from traboule.core.findings import Finding
from traboule.core.language.messages import sentence


class TrabouleError(Exception):
    """Head of the tree. ``code`` names an entry of ``core/errors.yaml``; ``values`` fill its sentence."""

    exit_code: ClassVar[int] = 1

    def __init__(self, code: str, /, **values: object) -> None:
        self.code = code
        self.values: Mapping[str, object] = values
        super().__init__(code)

    def sentence(self, language: str = "en") -> str:
        """Return the one sentence for the person who meets the error, in ``language``."""
        return sentence("errors", self.code, language, self.values)

    def __str__(self) -> str:
        return self.sentence("en")


class Refused(TrabouleError):
    """The caller may not do this, or the thing handed in is not acceptable at all."""

    exit_code = 3


class NotFound(TrabouleError):
    """The thing named does not exist, or is hidden from the caller."""

    exit_code = 4


class Conflict(TrabouleError):
    """The thing exists already, or somebody else changed it first."""

    exit_code = 5


class Invalid(TrabouleError):
    """What was handed in has faults. ``findings`` holds all of them."""

    exit_code = 6

    def __init__(self, code: str, /, findings: Sequence[Finding] = (), **values: object) -> None:
        super().__init__(code, **values)
        self.findings = tuple(findings)


class Unready(TrabouleError):
    """Something this needs is not running."""

    exit_code = 7


class Broken(TrabouleError):
    """Our own fault."""

    exit_code = 70
