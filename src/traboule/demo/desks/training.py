"""A return filed in error: an exercise file of people who do not exist, sent as if it were real and later withdrawn.

In: what rows are written from, a state. Out: rows of a small return. Promise: nobody in it is in the world, so that the
truth is reached only once it is withdrawn.
"""

from __future__ import annotations

from datetime import date

from traboule.core.language.messages import catalogue
from traboule.demo.desks.rows.tables import Known, Row
from traboule.demo.desks.rows.totals import said
from traboule.demo.world.draws import stream
from traboule.demo.world.names import POOLS, cultures
from traboule.demo.world.places import countries

PEOPLE = 9
_ARRESTED = 4


def training_agency(state: str) -> str:
    """Return the agency of ``state`` that files an exercise as if it were real."""
    names: list[str] = catalogue(POOLS, "phrases.yaml")["agencies"][countries()[state].language]
    return names[3]


def training_rows(known: Known, state: str) -> dict[str, list[Row]]:
    """Return the exercise file of ``state``: one action, four arrests, five possible victims."""
    rng = stream(known.seed, f"training {state}")
    country = countries()[state]
    language = country.language
    culture = cultures()[country.culture]
    narrative = catalogue(POOLS, "phrases.yaml")["training"][language]
    day = known.desks.first_day
    action: Row = {
        "row_id": "A00001",
        "kind": said("action_kinds", "raid", language),
        "start": day,
        "place": country.places[0],
        "country": said("countries", state, language),
        "narrative": narrative,
    }
    rows: dict[str, list[Row]] = {"actions": [action], "people": [], "roles": [], "victims": [], "arrests": []}
    for number in range(PEOPLE):
        sex = int(rng.integers(0, 2))
        person = f"P{number + 1:05d}"
        given = culture.given[sex][int(rng.integers(0, len(culture.given[sex]))), 1]
        family = culture.family[sex][int(rng.integers(0, len(culture.family[sex]))), 1]
        rows["people"].append(
            {
                "row_id": person,
                "family_name": f"{family} {given}",
                "given_names": str(given),
                "birth_date": date(int(rng.integers(1970, 2003)), int(rng.integers(1, 13)), int(rng.integers(1, 28))),
                "sex": said("sexes", ("female", "male")[sex], language),
                "citizenships": said("countries", state, language),
            }
        )
        of_person: Row = {"person": person, "action": "A00001"}
        arrested = number < _ARRESTED
        role = "arrested" if arrested else "possible_victim"
        rows["roles"].append({"row_id": f"R{number + 1:05d}", **of_person, "role": said("roles", role, language)})
        if arrested:
            told = {"at": day, "attribution": said("attributions", "trafficking", language)}
            told["arresting_state"] = said("countries", state, language)
            rows["arrests"].append({"row_id": f"B{number + 1:05d}", **of_person, **told})
        else:
            told = {"status": said("trafficking_status", "PossibleVictimOfTrafficking", language)}
            rows["victims"].append({"row_id": f"V{number + 1:05d}", **of_person, **told})
    return rows
