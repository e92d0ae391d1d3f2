"""Disclosure control at the size of a whole operation: 116 states × six forms, protected and audited.

    python bench/disclosure.py [--states 116] [--json]

Counts are drawn from a negative binomial distribution with many small cells, seed 5. Bar: 10 s of processor time.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.disclosure_tables import table

from bench.report import Measured, measured
from traboule.figures.disclosure.cells import History
from traboule.figures.disclosure.rules import Rules
from traboule.figures.disclosure.suppress import suppress


def measure(states: int = 116) -> Measured:
    """Return the processor time of protecting a table of ``states`` × six forms, and how many cells it hides."""
    counts = np.random.default_rng(5).negative_binomial(0.35, 0.012, size=(states, 6))
    begun = time.process_time()
    safe = suppress(table(counts, "1"), History(), Rules(10, 20, 3))
    spent = time.process_time() - begun
    protected = {"protected_cells": len(safe.primary), "partner_cells": len(safe.secondary)}
    return {"ours": {"cpu_seconds": round(spent, 1), **protected, "leaks": len(safe.audit.leaks)}}


if __name__ == "__main__":
    measured(__doc__, "states", "how many states the table has", measure, 116)
