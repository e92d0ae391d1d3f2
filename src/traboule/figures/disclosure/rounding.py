"""Controlled rounding: publish every cell as a multiple of a base, as the alternative to suppression.

In: a draft release and all earlier ones. Out: multiples of the policy's base, each less than the base away from the
true value. Guaranteed: rounded parts add up to rounded totals wherever possible; where a stated total makes that
impossible, the relation is declared as not additive; the joint history passes the audit, or the release is refused.
Source: Hundepool et al., Statistical Disclosure Control (2012), chapter 5.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import block_array, csc_matrix, csr_matrix, eye_array

from traboule.core.errors import Invalid
from traboule.figures.disclosure.audit import AuditResult, audit, refusal
from traboule.figures.disclosure.cells import (
    Between,
    Cell,
    Edition,
    History,
    PublishedValue,
    Relation,
    adjacent,
    exactly,
)
from traboule.figures.disclosure.rules import Rules, protected, refuse_stated
from traboule.figures.disclosure.system import Numbers, Programme

# The cost of a relation that is off by one, over that of a cell one further from its true value.
_ADDING_UP = 1_000.0


@dataclass(frozen=True, slots=True)
class Rounded:
    """A release in multiples of a base. ``declared``: the relations that are not additive, as readers must be told."""

    edition: Edition
    declared: tuple[Relation, ...]
    audit: AuditResult


def rounded(draft: Edition, earlier: History, rules: Rules, between: tuple[Between, ...] = ()) -> Rounded:
    """Round ``draft`` to ``rules.base``, except stated totals, counts that are not of people, and structural zeros.

    The feasibility interval of a protected cell must be as wide as the base allows, or as ``rules.width``. Raises
    Invalid (``disclosure-rounding-base``) for a base of one, else as :func:`~.suppress.suppress` does.
    """
    if rules.base < 2:
        raise Invalid("disclosure-rounding-base", base=rules.base)
    interval_rules = replace(rules, width=rules.base - 1 if rules.width is None else rules.width)
    refuse_stated(draft, protected(draft, interval_rules))
    multiples = _choose(draft, rules.base)
    published = {cell.key: _published_value(cell, multiples[n], rules.base) for n, cell in enumerate(draft.cells)}
    edition = replace(draft, published=published)
    result = audit(earlier.with_edition(edition, between), interval_rules)
    if leaks := result.leaks_beside(audit(earlier, interval_rules)):
        raise refusal(leaks)
    value = {cell.key: multiples[n] for n, cell in enumerate(draft.cells)}
    declared = tuple(relation for relation in draft.relations if not _adds_up(relation, value))
    return Rounded(edition, declared, result)


def _stays(cell: Cell) -> bool:
    return cell.stated or cell.impossible or not cell.people


def _published_value(cell: Cell, multiple: int, base: int) -> PublishedValue:
    return exactly(cell.value) if _stays(cell) else adjacent(multiple, base)


def _adds_up(relation: Relation, value: dict[str, int]) -> bool:
    parts = sum(value[key] for key in relation.parts)
    return parts == value[relation.total] if relation.exact else parts <= value[relation.total]


def _choose(draft: Edition, base: int) -> list[int]:
    """Return the multiple below or above each value: as additive as possible, then as near as possible."""
    value = np.array([cell.value for cell in draft.cells], dtype=np.float64)
    stays = np.array([_stays(cell) for cell in draft.cells])
    below = np.where(stays, value, base * np.floor(value / base))
    open_ = (below < value).astype(np.float64)
    matrix = _relations(draft)
    number, rows = len(value), matrix.shape[0]
    # Columns: which cells are rounded up; then by how much each relation falls short, and by how much it exceeds.
    step = matrix.multiply(base * open_) if rows else matrix
    none = -(matrix @ below)
    slack = np.array([0.0 if relation.exact else np.inf for relation in draft.relations])
    programme = Programme(
        matrix=csc_matrix(block_array([[step, eye_array(rows), -eye_array(rows)]]))
        if rows
        else csc_matrix((0, number)),
        row_low=none,
        row_high=none + slack,
        low=np.zeros(number + 2 * rows),
        high=np.concatenate([open_, np.full(2 * rows, np.inf)]),
        integer_columns=number,
    )
    # Rounding up instead of down changes the distance by this much; ties are rounded up.
    nearer = np.where(open_ > 0, base - 2 * (value - below) - 0.01, 0.0)
    point = programme.least(np.concatenate([nearer, np.full(2 * rows, _ADDING_UP)]))
    up: Numbers = np.zeros(number) if point is None else np.rint(point[:number])
    return [round(multiple) for multiple in (below + base * open_ * up).tolist()]


def _relations(draft: Edition) -> csr_matrix:
    place = {cell.key: position for position, cell in enumerate(draft.cells)}
    rows = [n for n, relation in enumerate(draft.relations) for _ in (relation.total, *relation.parts)]
    columns = [place[key] for relation in draft.relations for key in (relation.total, *relation.parts)]
    factors = [factor for relation in draft.relations for factor in (1.0, *([-1.0] * len(relation.parts)))]
    return csr_matrix((factors, (rows, columns)), shape=(len(draft.relations), len(draft.cells)))
