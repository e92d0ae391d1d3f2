"""Protecting each release alone is not enough: the joint attack that breaks it, and the protection that holds."""

from __future__ import annotations

import numpy as np
import pytest
from tests.disclosure_tables import Reader, between, table, unavoidable

from traboule.core.errors import Invalid
from traboule.core.language.languages import LANGUAGES
from traboule.figures.disclosure.audit import AuditResult, audit, require_safe
from traboule.figures.disclosure.cells import Cell, Edition, History, Supposed, exactly
from traboule.figures.disclosure.rules import Rules
from traboule.figures.disclosure.suppress import suppress
from traboule.figures.disclosure.wording import sentence

RULES = Rules(threshold=5, minors_threshold=8, minimum_incidents=2)
SEEDS = range(40)
GROWN = between("1", "2", Supposed.GROWN)


def one_late_return(seed: int) -> tuple[Edition, Edition]:
    """Return a table and the same table after a late return of one person; both grand totals are stated."""
    rng = np.random.default_rng(seed)
    first = rng.negative_binomial(0.35, 0.03, size=(6, 4))
    second = first.copy()
    second[rng.integers(6), rng.integers(4)] += 1
    return table(first, "1"), table(second, "2")


def apart(seed: int) -> History:
    """Return both releases, each protected as if the other were not there."""
    first, second = (suppress(release, History(), RULES).edition for release in one_late_return(seed))
    return History((first, second), GROWN)


@pytest.fixture(scope="module")
def broken() -> dict[int, AuditResult]:
    """Return by seed the audits of histories that protection apart gives away."""
    audits = {seed: audit(apart(seed), RULES) for seed in SEEDS}
    protected = sum(len(result.intervals) for result in audits.values())
    leaks = [leak for result in audits.values() for leak in result.leaks]
    recovered = sum(leak.recovered for leak in leaks)
    print(f"apart: of {protected} protected cells {recovered} recovered, {len(leaks) - recovered} more narrowed")
    return {seed: result for seed, result in audits.items() if result.leaks}


def test_joint_attack_breaks_releases_protected_apart(broken: dict[int, AuditResult]) -> None:
    assert sum(leak.recovered for result in broken.values() for leak in result.leaks) >= 10
    # The attacker is right: another attacker, one cell at a time, finds the same, and the truth lies within.
    for seed, result in broken.items():
        reader = Reader(apart(seed))
        for leak in result.leaks:
            release, key = leak.target.release, leak.target.key
            assert reader.bounds(release, key)[0] == (leak.low, leak.high)
            assert leak.low <= one_late_return(seed)[int(release) - 1].cell(key).value <= leak.high


@pytest.mark.promise("no-protected-cell")
def test_joint_protection_holds_where_protection_apart_breaks(broken: dict[int, AuditResult]) -> None:
    protected_count = 0
    for seed in broken:
        first, second = one_late_return(seed)
        history = History((suppress(first, History(), RULES).edition,))
        if disclosed := unavoidable(second, history, RULES, GROWN):
            # A zero that was printed and of which a stated late return makes a one: only silence protects it.
            with pytest.raises(Invalid) as refusal:
                suppress(second, history, RULES, GROWN)
            assert {one.value for one in refusal.value.findings} == disclosed
            continue
        safe = suppress(second, history, RULES, GROWN)
        protected_count += 1
        assert safe.audit.leaks == ()
        reader = Reader(history.with_edition(safe.edition, GROWN))
        for one in safe.audit.intervals:
            low, high = reader.bounds(one.target.release, one.target.key)[0]
            assert high - low >= one.target.width
    print(
        f"together: {protected_count} of {len(broken)} broken histories hold, {len(broken) - protected_count} refused"
    )
    assert protected_count >= 5


def test_a_release_that_would_give_an_earlier_one_away_is_refused(broken: dict[int, AuditResult]) -> None:
    with pytest.raises(Invalid) as refusal:
        require_safe(apart(min(broken)), RULES)
    assert refusal.value.code == "disclosure-recovered"
    finding = refusal.value.findings[0]
    assert finding.value in refusal.value.sentence("en")
    for language in LANGUAGES:
        assert finding.value in sentence(finding, language)
        assert "{" not in sentence(finding, language)


def test_what_only_a_stated_change_gives_away_is_safe_where_nothing_is_stated(broken: dict[int, AuditResult]) -> None:
    for seed in broken:
        assert audit(History(apart(seed).editions), RULES).leaks == ()


def test_a_cell_lost_before_is_named_and_blocks_nothing_new() -> None:
    careless = Edition("1", (Cell("a", 3), Cell("b", 40)), published={"a": exactly(3), "b": exactly(40)})
    draft = Edition("2", (Cell("c", 30), Cell("d", 30)))
    safe = suppress(draft, History((careless,)), RULES)
    assert [finding.value for finding in safe.lost] == ["a"]
    assert safe.printed() == {"c": 30, "d": 30}


def test_participants_by_116_states_and_six_forms_are_protected() -> None:
    """The size of a whole operation; ``bench/disclosure.py`` times it."""
    counts = np.random.default_rng(5).negative_binomial(0.35, 0.012, size=(116, 6))
    safe = suppress(table(counts, "1"), History(), Rules(10, 20, 3))
    print(f"{len(safe.primary)} protected, {len(safe.secondary)} partners hidden")
    assert safe.audit.leaks == ()
    assert len(safe.secondary) < len(safe.primary)
