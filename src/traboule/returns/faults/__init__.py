"""The catalogue of faults: what each code does to its row, and its wording for the officer.

In: a Finding and a language. Out: what is wrong and what to do, in plain words of that language. Guaranteed: every code
that a check or a reader can give is there in English, French, Spanish and Arabic.
"""

from traboule.returns.faults.wording import (
    advice,
    codes,
    message,
    rule_of,
    severity_label,
    severity_of,
    visible,
    word,
)

__all__ = ["advice", "codes", "message", "rule_of", "severity_label", "severity_of", "visible", "word"]
