"""Controlled rounding: every cell shown, none as it is; the alternative to hiding where a table has few large cells.

Comes in: a draft release and all earlier ones. Goes out: multiples of the policy's base, each less than the base away
from the truth. Promises: shown parts add up to shown wholes wherever that is possible, and where a stated total makes
it impossible the relation is declared as not adding up; the attacker passes the joint history, or nothing comes out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import block_array, csc_matrix, csr_matrix, eye_array

from traboule.core.errors import Invalid
from traboule.figures.disclosure.audit import Audit, audit, refusal
from traboule.figures.disclosure.cells import Between, Cell, Edition, History, Relation, Said, adjacent, exactly
from traboule.figures.disclosure.rules import Rules, protected, refuse_stated
from traboule.figures.disclosure.system import Numbers, Programme

# How much worse it is that a table does not add up by one than that a cell is one further from the truth.
_ADDING_UP = 1_000.0


@dataclass(frozen=True, slots=True)
class Rounded:
    """A release in multiples of a base. ``declared``: the relations that a reader must be told not to add up."""

    edition: Edition
    declared: tuple[Relation, ...]
    audit: Audit


def rounded(draft: Edition, earlier: History, rules: Rules, between: tuple[Between, ...] = ()) -> Rounded:
    """Round ``draft`` to ``rules.base``. Stated totals, counts that are not of people, and structural zeros stay.

    A protected cell must stay open over as many counts as the base, unless ``rules.width`` asks for more. Raises
    Invalid (``disclosure-rounding-base``) for a base of one, else as :func:`~.suppress.suppress` does.
    """
    if rules.base < 2:
        raise Invalid("disclosure-rounding-base", base=rules.base)
    asked = replace(rules, width=rules.base - 1 if rules.width is None else rules.width)
    refuse_stated(draft, protected(draft, asked))
    shown = _choose(draft, rules.base)
    said = {cell.key: _said(cell, shown[n], rules.base) for n, cell in enumerate(draft.cells)}
    edition = replace(draft, said=said)
    found = audit(earlier.with_edition(edition, between), asked)
    lost = {(one.target.release, one.target.key) for one in audit(earlier, asked).leaks}
    leaks = [one for one in found.leaks if (one.target.release, one.target.key) not in lost]
    if leaks:
        raise refusal(leaks)
    value = {cell.key: shown[n] for n, cell in enumerate(draft.cells)}
    declared = tuple(one for one in draft.relations if not _adds_up(one, value))
    return Rounded(edition, declared, found)


def _stays(cell: Cell) -> bool:
    return cell.stated or cell.impossible or not cell.people


def _said(cell: Cell, shown: int, base: int) -> Said:
    return exactly(cell.value) if _stays(cell) else adjacent(shown, base)


def _adds_up(relation: Relation, value: dict[str, int]) -> bool:
    parts = sum(value[key] for key in relation.parts)
    return parts == value[relation.whole] if relation.exact else parts <= value[relation.whole]


def _choose(draft: Edition, base: int) -> list[int]:
    """Return what is shown of each cell: the multiple below or above, so chosen that most adds up, then nearest."""
    value = np.array([cell.value for cell in draft.cells], dtype=np.float64)
    stays = np.array([_stays(cell) for cell in draft.cells])
    below = np.where(stays, value, base * np.floor(value / base))
    open_ = (below < value).astype(np.float64)
    matrix = _relations(draft)
    number, rows = len(value), matrix.shape[0]
    # Columns: which cells go up; then by how much each relation falls short, and by how much it runs over.
    step = matrix.multiply(base * open_) if rows else matrix
    none = -(matrix @ below)
    room = np.array([0.0 if one.exact else np.inf for one in draft.relations])
    programme = Programme(
        matrix=csc_matrix(block_array([[step, eye_array(rows), -eye_array(rows)]]))
        if rows
        else csc_matrix((0, number)),
        row_low=none,
        row_high=none + room,
        low=np.zeros(number + 2 * rows),
        high=np.concatenate([open_, np.full(2 * rows, np.inf)]),
        whole=number,
    )
    # Going up instead of down changes the distance by this much; ties go up.
    nearer = np.where(open_ > 0, base - 2 * (value - below) - 0.01, 0.0)
    point = programme.least(np.concatenate([nearer, np.full(2 * rows, _ADDING_UP)]))
    up: Numbers = np.zeros(number) if point is None else np.rint(point[:number])
    return [round(one) for one in (below + base * open_ * up).tolist()]


def _relations(draft: Edition) -> csr_matrix:
    place = {cell.key: position for position, cell in enumerate(draft.cells)}
    rows = [n for n, one in enumerate(draft.relations) for _ in (one.whole, *one.parts)]
    columns = [place[key] for one in draft.relations for key in (one.whole, *one.parts)]
    factors = [factor for one in draft.relations for factor in (1.0, *([-1.0] * len(one.parts)))]
    return csr_matrix((factors, (rows, columns)), shape=(len(draft.relations), len(draft.cells)))
