"""What the disclosure audit says of a drafted release.

In: an auditor's findings. Out: :class:`AuditVerdict`, plain enough to be kept beside the draft it speaks of.
Guaranteed: a verdict with a finding has not passed, and nothing but a passed verdict opens the way to issuing (rule
23).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class AuditVerdict:
    """``findings`` name each cell that could be learnt and how to coarsen it, as JSON; ``method`` the auditor."""

    findings: tuple[Mapping[str, Any], ...]
    method: str

    @property
    def passed(self) -> bool:
        """Tell whether the release may be issued as it stands."""
        return not self.findings

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {"passed": self.passed, "method": self.method, "findings": [dict(finding) for finding in self.findings]}
