"""No protected cell can be computed from one release, nor from all (rule 23): 80 random release histories; ten times as
many in the long run."""

from __future__ import annotations

import numpy as np
import pytest
from tests.disclosure_tables import Reader, random_history, unavoidable
from tests.examples import examples

from traboule.core.errors import Invalid
from traboule.figures.disclosure.cells import History
from traboule.figures.disclosure.rules import protected
from traboule.figures.disclosure.suppress import suppress

BATCH = examples(20)
SEED = 20241004


@pytest.mark.parametrize("batch", range(4))
@pytest.mark.promise("no-protected-cell")
def test_no_attacker_recovers_a_protected_cell(batch: int) -> None:
    cells = releases = refused = 0
    for seed in range(SEED + BATCH * batch, SEED + BATCH * (batch + 1)):
        drafts, said, rules = random_history(np.random.default_rng(seed))
        history, audited = History(), None
        named: set[str] = set()
        gone: set[str] = set()
        for draft, between in zip(drafts, said, strict=True):
            try:
                safe = suppress(draft, history, rules, between, earlier_audit=audited)
            except Invalid as refusal:
                # Failing closed: nothing of this release is published, and rightly: hiding all of it would not do.
                named = {one.value for one in refusal.findings}
                gone = unavoidable(draft, history, rules, between)
                refused += 1
                break
            assert not safe.lost, seed
            history, audited = history.with_edition(safe.edition, between), safe.audit
            releases += 1
        reader = Reader(history)
        for edition in history.editions:
            for key in protected(edition, rules):
                needed = rules.needed(edition.cell(key))
                whole, linear = reader.bounds(edition.name, key)
                assert whole[1] - whole[0] >= needed, (seed, edition.name, key, "whole numbers")
                assert linear[1] - linear[0] >= needed, (seed, edition.name, key, "linear")
                cells += 1
        if named:
            assert named == gone, seed
    print(f"seeds {SEED + BATCH * batch}..: {releases} releases, {refused} refused, {cells} protected cells")
    assert cells > 2 * BATCH
    assert refused <= BATCH // 5
