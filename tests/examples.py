"""How many examples a randomised test tries: few in ``make test``, ten times as many in ``make test-long``."""

from __future__ import annotations

from hypothesis import settings

LONG = "long"
USUAL = settings.get_profile("default").max_examples

settings.register_profile(LONG, max_examples=10 * USUAL, deadline=None)


def examples(usual: int) -> int:
    """Return how many examples to try where ``usual`` are tried by default, under the profile that is loaded."""
    return usual * settings.default.max_examples // USUAL
