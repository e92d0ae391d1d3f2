"""How many examples a randomised test tries: few in ``make test``, ten times as many in ``make test-long``."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

LONG = "long"
SHORT = "short"
USUAL = settings.get_profile("default").max_examples
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

# A deadline and the check for slow examples read a clock: on a busy machine they fail what is right.
settings.register_profile(SHORT, PATIENT)
settings.register_profile(LONG, PATIENT, max_examples=10 * USUAL)
settings.load_profile(SHORT)


def examples(usual: int) -> int:
    """Return how many examples to try where ``usual`` are tried by default, under the profile that is loaded."""
    return usual * settings.default.max_examples // USUAL
