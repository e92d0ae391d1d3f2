"""Put the faults of a return into words, for the command line and the web, which reach the stages only through ``app``.

In: findings and a language. Out: plain values with message and advice, in the findings' order.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from traboule.core.findings import Finding
from traboule.returns.faults import advice, message

_PLAIN = ("code", "sheet", "row", "column", "cell", "value", "rule")


def spoken(findings: Iterable[Finding], language: str) -> list[dict[str, Any]]:
    """Return each finding with its severity, its place and what to do about it, in ``language``."""
    return [
        {
            **{name: getattr(finding, name) for name in _PLAIN},
            "severity": finding.severity.value,
            "message": message(finding, language),
            "advice": advice(finding, language),
        }
        for finding in findings
    ]
