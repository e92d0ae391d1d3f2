"""Small real things that several tests build on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from traboule.release.statement import Change, Definition, Kind, Line, Past, Quotation, Statement, Story, Table

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


POLICY: dict[str, object] = {
    "threshold": 10,
    "rounding": 5,
    "minimum_incidents": 3,
    "minors_threshold": 20,
    "languages": ["en", "fr", "es", "ar"],
}
STORY = Story(
    id="togo-mali",
    states=("ML", "TG"),
    cleared_by=("ML", "TG"),
    texts={
        "en": "In {state:ML}, officers found {persons} from {state:TG}, lured by the promise of work abroad.",
        "fr": "Au {state:ML}, les enquêteurs ont trouvé {persons} originaires du {state:TG}.",
        "es": "En {state:ML} se halló a {persons} procedentes de {state:TG}.",
        "ar": "في {state:ML} عثر المحققون على {persons} من {state:TG}.",
    },
    persons=Line("potential_victims", 24, 24, 24, "exact", None, "person", "potential", 0),
)
QUOTATION = Quotation(
    speaker={"en": "The head", "fr": "La cheffe", "es": "La jefa", "ar": "رئيسة المكتب"},
    texts={
        "en": "Only coordinated action can counter these threats.",
        "fr": "Seule une action coordonnée peut contrer ces menaces.",
        "es": "Solo una acción coordinada puede contrarrestar estas amenazas.",
        "ar": "وحده العمل المنسق يمكن أن يتصدى لهذه التهديدات.",
    },
)


def full_statement(kind: Kind = Kind.FINAL) -> Statement:
    """Return a statement with everything a release can hold."""
    said = statement(kind)
    regions = Table("arrests", "region", "regions", (("002", 620), ("142", 700), ("150", 690), ("other", 507)))
    names = dict.fromkeys(("en", "fr", "es", "ar"), "x")
    return replace(
        said,
        tables=(regions, *said.tables),
        policy=POLICY,
        stories=(STORY,),
        quotation=QUOTATION,
        definitions=tuple(Definition(line.figure, names, "House", (names,)) for line in LINES),
        history=(Past(1, Kind.PRELIMINARY, date(2024, 11, 6), {"arrests": 2400}, "", "issued by mistake"),),
        participants=("AE", "FR", "ML", "TG"),
    )
