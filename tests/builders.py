"""Small real things that several tests build on."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import yaml

from traboule.core.permissions import Actor, Role
from traboule.figures.disclosure.story import Group, Incident
from traboule.operation.operation import shipped, shipped_text
from traboule.release.statement import (
    BreakdownTable,
    CaseDescription,
    FigureChange,
    Kind,
    Line,
    Past,
    PublishedDefinition,
    Quotation,
    ReleasedInterval,
    ReleaseStory,
    StatedPress,
    Statement,
)


def somebody(name: str, role: Role, *units: str, account: str = "") -> Actor:
    """Return a person who acts by an account of their own; ``account`` is a further one."""
    person = name.casefold().replace(" ", ".")
    return Actor(name, role, frozenset(units), account or person, person)


LINES = (
    Line("participants", 116, 116, 116, "exact", None, "reporting_entity", "", 0),
    Line("arrests", 2517, 2510, 2533, "exact", None, "person", "", 40, ReleasedInterval(0.9, 2512, 2524)),
    Line("arrests_trafficking_or_smuggling", 850, 848, 855, "exact", "arrests", "person", "", None),  # Withheld.
    Line(
        *("potential_victims", 3222, 3215, 3240, "exact", None, "person", "potential", 12),
        ReleasedInterval(0.9, 3217, 3231),
    ),
    Line(
        *("potential_victims_minors", 512, 510, 515, "exact", "potential_victims", "person", "potential", 0),
        ReleasedInterval(0.9, 511, 514),
    ),
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
        tables=(
            BreakdownTable("potential_victims", "sex", "sexes", (("female", 2000), ("male", 1100), ("other", 122))),
        ),
        changes=(
            FigureChange(
                "arrests", 2400, 2517, (("late", 140), ("correction", 5), ("links", -10), ("judgements", -18))
            ),
        ),
    )


POLICY: dict[str, object] = {
    "threshold": 10,
    "rounding": 5,
    "minimum_incidents": 3,
    "minors_threshold": 20,
    "languages": ["en", "fr", "es", "ar"],
    "protection": "suppression",
}
STORY = ReleaseStory(
    id="togo-mali",
    states=("ML", "TG"),
    cleared_by=("ML", "TG"),
    finding={
        "en": "In {state:ML}, officers found {persons} from {state:TG}, lured by the promise of work abroad.",
        "fr": "Au {state:ML}, les enquêteurs ont trouvé {persons} originaires du {state:TG}.",
        "es": "En {state:ML} se halló a {persons} procedentes de {state:TG}.",
        "ar": "في {state:ML} عثر المحققون على {persons} من {state:TG}.",
    },
    response={
        "en": "Suspected recruiters were arrested.",
        "fr": "Des recruteurs présumés ont été arrêtés.",
        "es": "Se detuvo a presuntos captadores.",
        "ar": "أُوقف مشتبه في قيامهم بالاستدراج.",
    },
    assistance={
        "en": "They are housed and advised.",
        "fr": "Elles sont hébergées et conseillées.",
        "es": "Reciben alojamiento y asesoramiento.",
        "ar": "تُوفَّر لهن الإقامة والمشورة.",
    },
    persons=Line("potential_victims", 24, 24, 24, "exact", None, "person", "potential", 0),
    told=CaseDescription("ML", "2024-10", "female", "adult", "TG", "ForcedLabour"),
)
# Incidents among which that story may be told: three in the same state, month and words.
WOMEN = Group("female", "21-23", "ForcedLabour", 24, "TG")
INCIDENTS = tuple(Incident(f"ML/police/A{day}", "ML", "002", date(2024, 10, day), (WOMEN,)) for day in (1, 2, 3))


def a_return(state: str, raids: Sequence[tuple[str, int, Mapping[str, Any]]], **cover: Any) -> bytes:
    """Return a national return as JSON: each raid is its day, how many potential victims were found in it, and what is
    said of each (``sex``, ``age_band``, ``citizenships``, ``exploitation``)."""
    head = {"operation": "liberterra-ii", "state": state, "agency": "police", "version": 1, "status": "preliminary"}
    cover_table: dict[str, Any] = {"cover": {**head, "as_of": "2024-10-06", **cover}}
    tables: dict[str, list[dict[str, Any]]] = {"actions": [], "people": [], "roles": [], "victims": []}
    for number, (day, persons, details) in enumerate(raids, 1):
        action = {"row_id": f"A{number}", "kind": "raid", "start": f"{day}T10:00", "phase": "operation"}
        tables["actions"].append(action)
        exploitation = details.get("exploitation")
        for place in range(persons):
            row_id = f"P{number}-{place}"
            person_fields = {name: value for name, value in details.items() if name != "exploitation"}
            tables["people"].append({"row_id": row_id, **person_fields})
            fact = {"person": row_id, "action": f"A{number}"}
            tables["roles"].append({"row_id": f"R{row_id}", **fact, "role": "possible_victim"})
            status = {"row_id": f"V{row_id}", **fact, "status": "PossibleVictimOfTrafficking"}
            tables["victims"].append({**status, **({"exploitation": exploitation} if exploitation else {})})
    return json.dumps({**cover_table, **tables}).encode()


# What an operation file of a test says for its communiqués.
PRESS_SECTION: dict[str, Any] = yaml.safe_load(shipped_text("liberterra-ii"))["press"]
QUOTATION = Quotation(
    speaker={"en": "Mary Chief", "fr": "Marie Cheffe", "es": "María Jefa", "ar": "مريم رئيس"},
    texts={
        "en": "Only coordinated action can counter these threats.",
        "fr": "Seule une action coordonnée peut contrer ces menaces.",
        "es": "Solo una acción coordinada puede contrarrestar estas amenazas.",
        "ar": "وحده العمل المنسق يمكن أن يتصدى لهذه التهديدات.",
    },
    function={
        "en": "head of the desk",
        "fr": "responsable du bureau",
        "es": "responsable de la oficina",
        "ar": "مسؤولة المكتب",
    },
)
PRESS = StatedPress(
    texts={
        key: dict(texts)
        for key, texts in shipped("liberterra-ii").press.texts.items()
        if not key.startswith("spokesperson.")
    },
    email="press@desk.example",
    phone="+33 4 00 00 00 00",
)


# By state: shown in several classes, one of them a state without an outline, and one withheld.
STATES = BreakdownTable("potential_victims", "state", "countries", (("AE", 15), ("FR", 240), ("ML", None), ("MU", 60)))


WITHDRAWN_BECAUSE = {
    "en": "issued by mistake",
    "fr": "publié par erreur",
    "es": "publicado por error",
    "ar": "صدر خطأً",
}


def full_statement(kind: Kind = Kind.FINAL) -> Statement:
    """Return a statement with everything a release can hold."""
    base = statement(kind)
    regions = BreakdownTable("arrests", "region", "regions", (("002", 620), ("142", 700), ("150", 690), ("other", 507)))
    names = dict.fromkeys(("en", "fr", "es", "ar"), "x")
    return replace(
        base,
        tables=(regions, *base.tables, STATES),
        policy=POLICY,
        stories=(STORY,),
        quotation=QUOTATION,
        definitions=tuple(PublishedDefinition(line.figure, names, "House", (names,)) for line in LINES),
        history=(Past(1, Kind.PRELIMINARY, date(2024, 11, 6), {"arrests": 2400}, {}, WITHDRAWN_BECAUSE),),
        participants=("AE", "FR", "ML", "MU", "TG"),
        press=PRESS,
    )
