"""Word the findings of disclosure control in each language.

In: a finding of this package. Out: its sentence. Guaranteed: no sentence names a person; a finding without a sentence
is an error, never an empty line.
"""

from __future__ import annotations

from traboule.core.findings import Finding
from traboule.core.language.messages import catalogue, fill
from traboule.core.language.numbers import numbered


def sentence(finding: Finding, language: str) -> str:
    """Return the sentence of ``finding`` in ``language``. KeyError for a finding of another room."""
    words = catalogue("traboule.figures.disclosure", "words.yaml")
    values = dict(finding.values)
    if "reason" in values:
        values["reason"] = fill(words["reasons"][str(values["reason"])], language, {})
    return fill(words["findings"][finding.code], language, numbered(values, language))
