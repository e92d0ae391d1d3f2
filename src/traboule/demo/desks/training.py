"""Write a return filed in error: an exercise file of people who do not exist, later withdrawn.

In: what rows are written from, a state. Out: rows of a small return. Guaranteed: nobody in it is in the world, so that
the truth is reached only once it is withdrawn.
"""

from __future__ import annotations

from datetime import date

from traboule.core.language.messages import catalogue
from traboule.demo.desks.rows.tables import FiledWorld, Row
from traboule.demo.desks.rows.totals import label_of
from traboule.demo.world.draws import stream
from traboule.demo.world.names import POOLS, cultures
from traboule.demo.world.places import countries

PEOPLE = 9
_ARRESTED = 4


def training_agency(state: str) -> str:
    """Return the agency of ``state`` that files an exercise as if it were real."""
    names: list[str] = catalogue(POOLS, "phrases.yaml")["agencies"][countries()[state].language]
    return names[3]


def training_rows(world: FiledWorld, state: str) -> dict[str, list[Row]]:
    """Return the exercise file of ``state``: one action, four arrests, five possible victims."""
    rng = stream(world.seed, f"training {state}")
    country = countries()[state]
    language = country.language
    culture = cultures()[country.culture]
    narrative = catalogue(POOLS, "phrases.yaml")["training"][language]
    day = world.desks.first_day
    action: Row = {
        "row_id": "A00001",
        "kind": label_of("action_kinds", "raid", language),
        "start": day,
        "place": country.places[0],
        "country": label_of("countries", state, language),
        "narrative": narrative,
    }
    rows: dict[str, list[Row]] = {"actions": [action], "people": [], "roles": [], "victims": [], "arrests": []}
    for number in range(PEOPLE):
        sex = int(rng.integers(0, 2))
        person = f"P{number + 1:05d}"
        given_name = culture.given_names[sex][int(rng.integers(0, len(culture.given_names[sex]))), 1]
        family_name = culture.family[sex][int(rng.integers(0, len(culture.family[sex]))), 1]
        rows["people"].append(
            {
                "row_id": person,
                "family_name": f"{family_name} {given_name}",
                "given_names": str(given_name),
                "birth_date": date(int(rng.integers(1970, 2003)), int(rng.integers(1, 13)), int(rng.integers(1, 28))),
                "sex": label_of("sexes", ("female", "male")[sex], language),
                "citizenships": label_of("countries", state, language),
            }
        )
        of_person: Row = {"person": person, "action": "A00001"}
        arrested = number < _ARRESTED
        role = "arrested" if arrested else "possible_victim"
        rows["roles"].append({"row_id": f"R{number + 1:05d}", **of_person, "role": label_of("roles", role, language)})
        if arrested:
            details = {"at": day, "attribution": label_of("attributions", "trafficking", language)}
            details["arresting_state"] = label_of("countries", state, language)
            rows["arrests"].append({"row_id": f"B{number + 1:05d}", **of_person, **details})
        else:
            details = {"status": label_of("trafficking_status", "PossibleVictimOfTrafficking", language)}
            rows["victims"].append({"row_id": f"V{number + 1:05d}", **of_person, **details})
    return rows
