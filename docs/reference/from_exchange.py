"""The reference page of exchange: where every field of the form goes in each format, and what is lost.

In: the declarations of the formats. Out: Markdown.
"""

from __future__ import annotations

from markdown import code, page, table, text

from traboule.core.language.messages import catalogue
from traboule.exchange.declarations import FORMATS, FormatDeclaration, declaration


def exchange() -> str:
    """Return the page of formats."""
    about = (
        "Where every field of a return goes in each format of `traboule export`, as the loss report of an export says "
        "it. What the account that exports may not see, and what an owner has not given free, is dropped besides. "
        "Protected persons leave only by the protection officer, for their protection."
    )
    return page("Exchange", about, [part for name in FORMATS for part in _format(declaration(name))])


def _format(declared: FormatDeclaration) -> list[str]:
    reasons = catalogue("traboule.exchange", "words.yaml")["reasons"]
    rows = [
        (
            code(f"{place.table}.{place.field}"),
            text(place.place),
            place.outcome,
            text(reasons[place.reason]["en"]) if place.reason else "",
        )
        for place in declared.fields
    ]
    head = ("Field of the form", "Place in the format", "Outcome", "Why")
    return [f"## {declared.name}", f"{text(declared.standard)}. Checked by: {declared.validator}.", table(head, rows)]
