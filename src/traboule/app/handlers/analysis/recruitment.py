"""List recruitment offers: adverts of one text, with who stands behind them.

In: an operation. Out: the offers in the reader's network, those first that were posted most. Guaranteed: computed for
the reader from what the reader may see. It compares texts, and loads what that needs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from traboule.analysis.recruitment.offers import Offer, offers
from traboule.app.dispatch import Call
from traboule.app.handlers.analysis.reading import view_of
from traboule.app.handlers.opening import the_operation


@dataclass(frozen=True, slots=True)
class Offers:
    """Offers of ``total`` in all, which ``adverts`` adverts make."""

    operation: str
    total: int
    adverts: int
    offers: Sequence[Offer]

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)


def list_offers(call: Call, *, operation: str | None = None, limit: int = 50) -> Offers:
    """Return the offers that were posted most, each with who stands behind it and what points to deception."""
    chosen = the_operation(operation)
    view = view_of(call, chosen)
    rows = offers(view.identifiers, view.tables, view.network)
    adverts = sum(len(row.adverts) for row in rows)
    return Offers(chosen.code, len(rows), adverts, rows[: max(limit, 0)])
