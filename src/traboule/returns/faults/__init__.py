"""The catalogue of faults: what each code does to its row, and how it is said to the officer.

In: a Finding and a language. Out: what is wrong and what to do, in plain words of that language.
Promise: every code that a check or a reader can give stands here in English, French, Spanish and Arabic.
"""

from traboule.returns.faults.wording import (
    advice,
    codes,
    message,
    rule_of,
    severity_label,
    severity_of,
    word,
)

__all__ = ["advice", "codes", "message", "rule_of", "severity_label", "severity_of", "word"]
