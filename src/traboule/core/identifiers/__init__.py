"""Identifiers: the one form to compare, and what the number itself says about being typed correctly.

In: a kind, the text as filed, a region for national phone numbers. Out: an :class:`Identifier`.
Promise: pure, same text same answer, no text makes it raise; a failed check digit keeps its value (rule 13).
"""

from traboule.core.identifiers.normal import Identifier, Reason, Verdict, is_placeholder, normalise

__all__ = ["Identifier", "Reason", "Verdict", "is_placeholder", "normalise"]
