"""Small real things that several tests build on."""

from __future__ import annotations

from datetime import date

from traboule.release.statement import Change, Kind, Line, Statement, Table

LINES = (
    Line("participants", 116, 116, 116, "exact", None, "reporting_entity", "", 0),
    Line("arrests", 2517, 2510, 2533, "exact", None, "person", "", 40),
    Line("arrests_trafficking_or_smuggling", 850, 848, 855, "exact", "arrests", "person", "", 0),
    Line("potential_victims", 3222, 3215, 3240, "exact", None, "person", "potential", 12),
    Line("potential_victims_minors", 512, 510, 515, "exact", "potential_victims", "person", "potential", 0),
    Line("irregular_migrants", 17793, 17793, 17800, "exact", None, "person", "irregular", 0),
    Line("flights_monitored", 24000, 24000, 24000, "about", None, "flight", "", 24000),
    Line("database_checks", 8_000_000, 8_000_000, 8_000_000, "about", None, "check", "", 8_000_000),
    Line("investigations", 612, 612, 612, "exact", None, "investigation", "", 0),
)


def statement(kind: Kind = Kind.FINAL, number: int = 2) -> Statement:
    """Return a statement with every kind of line, a breakdown and a change."""
    return Statement(
        operation="liberterra-ii",
        titles={"en": "Liberterra II", "fr": "Liberterra II", "es": "Liberterra II", "ar": "ليبرتيرا II"},
        start=date(2024, 9, 29),
        end=date(2024, 10, 4),
        kind=kind,
        number=number,
        issued_on=date(2024, 12, 2),
        figures_hash="0" * 64,
        lines=LINES,
        tables=(Table("potential_victims", "sex", "sexes", (("female", 2000), ("male", 1100), ("other", 122))),),
        changes=(
            Change("arrests", 2400, 2517, (("late", 140), ("correction", 5), ("links", -10), ("judgements", -18))),
        ),
    )
