"""The cases of the public record stand among the actions; persons are who they must be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache

import pytest

from traboule.core.codes import vocabulary
from traboule.core.dates import parse_date, parse_moment
from traboule.demo.desks.in_force import InForce, code
from traboule.demo.desks.rows.tables import Row
from traboule.demo.filings import DemoOperation, generate
from traboule.demo.run import DEFAULT_SEED
from traboule.demo.world.cases import cases, public_cases
from traboule.demo.world.names import cultures, romanise
from traboule.demo.world.people import people
from traboule.demo.world.places import countries, origins, outline, taking_part
from traboule.demo.world.plan import plan


@cache
def demo() -> DemoOperation:
    return generate(DEFAULT_SEED)


@cache
def tables(state: str) -> dict[str, list[Row]]:
    """The rows in force of the first agency of a state."""
    in_force = InForce().receive(demo().filings)
    agency = next(filing.agency for filing in demo().filings if filing.state == state)
    return {name: list(rows.values()) for name, rows in in_force.rows[state, agency].items()}


def case_action(state: str) -> list[Row]:
    """The action rows of the public case of a state, found by its own words."""
    words = {text for case in public_cases() if case["state"] == state for text in case["narrative"].values()}
    return [row for row in tables(state)["actions"] if row.get("narrative") in words]


def hanging(state: str, table: str) -> Iterator[Row]:
    """The rows of ``table`` that hang on the public case of a state."""
    ids = {row["row_id"] for row in case_action(state)}
    return (row for row in tables(state).get(table, ()) if row.get("action") in ids)


def people_of(state: str, role: str) -> list[Row]:
    by_id = {row["row_id"]: row for row in tables(state)["people"]}
    people = [row["person"] for row in hanging(state, "roles") if code("roles", row["role"]) == role]
    return [by_id[person] for person in people]


def victims_of(state: str) -> list[Row]:
    by_id = {row["row_id"]: row for row in tables(state)["people"]}
    return [by_id[row["person"]] for row in hanging(state, "victims")]


def minors(rows: list[Row]) -> int:
    return sum(code("minor_status", row.get("minor")) in ("yes", "presumed") for row in rows)


def declared(state: str) -> dict[str | None, object]:
    return {code("measures", row["measure"]): row["value"] for row in tables(state).get("totals", ())}


class TestPublicCases:
    @pytest.mark.parametrize("state", sorted({case["state"] for case in public_cases()}))
    def test_each_has_an_action_in_its_own_words(self, state: str) -> None:
        assert case_action(state)

    def test_argentina_59_on_plantations_14_of_them_minors(self) -> None:
        assert (len(victims_of("AR")), minors(victims_of("AR"))) == (59, 14)
        cash = [row for row in hanging("AR", "seizures") if row.get("value") == 200000]
        assert len(cash) == 1

    def test_philippines_253_in_a_warehouse_most_of_them_chinese_some_suspect_and_victim(self) -> None:
        roles: dict[object, set[str | None]] = {}
        for row in hanging("PH", "roles"):
            roles.setdefault(row["person"], set()).add(code("roles", row["role"]))
        assert len(roles) == 253
        both = [
            codes
            for codes in roles.values()
            if codes & {"possible_victim", "victim"} and codes & {"suspect", "arrested"}
        ]
        assert len(both) == 140
        by_id = {row["row_id"]: row for row in tables("PH")["people"]}
        chinese = [code("countries", str(by_id[person]["citizenships"]).split(";")[0]) == "CN" for person in roles]
        assert sum(chinese) > 127
        assert declared("PH")["persons_found"] == 250

    def test_mali_24_women_of_togo(self) -> None:
        women = victims_of("ML")
        assert len(women) == 24
        assert {code("sexes", row["sex"]) for row in women} == {"female"}
        assert all(code("countries", str(row["citizenships"]).split(";")[0]) == "TG" for row in women)

    def test_costa_rica_one_woman_one_arrest_several_offences(self) -> None:
        (arrest,) = hanging("CR", "arrests")
        assert len(str(arrest["offences"]).split("; ")) == 3
        assert [code("sexes", row["sex"]) for row in people_of("CR", "arrested")] == ["female"]

    def test_turkey_94_arrested_for_smuggling_and_1500_migrants_detected(self) -> None:
        assert Counter(code("attributions", row["attribution"]) for row in hanging("TR", "arrests")) == {
            "smuggling": 94
        }
        in_force = InForce().receive(demo().filings)
        counts = {
            (row["reference"], code("countries", row["nationality"])): int(str(row["count"]))
            for (state, _), rows in in_force.rows.items()
            if state == "TR"
            for row in rows.get("migrants", {}).values()
        }
        assert sum(counts.values()) == 1500

    def test_one_arrest_in_nottingham_is_filed_by_both_states(self) -> None:
        (arrest,) = hanging("GB", "arrests")
        agency = next(filing.agency for filing in demo().filings if filing.state == "GB")
        number = demo().truth.arrest_of[f"GB/{agency}/{arrest['row_id']}"]
        records = [record for record, arrest_number in demo().truth.arrest_of.items() if arrest_number == number]
        assert sorted(record.split("/")[0] for record in records) == ["GB", "RO"]
        in_force = InForce().receive(demo().filings)
        filed = next(record for record in records if record.startswith("RO"))
        row = in_force.rows["RO", filed.split("/")[1]]["arrests"][filed.split("/")[2]]
        assert code("countries", row["arresting_state"]) == "GB"
        assert code("countries", row["wanted_by"]) == "RO"
        assert parse_moment(row["at"]) == parse_moment(arrest["at"])

    def test_tunisia_27_intercepted_21_of_them_minors_none_a_victim(self) -> None:
        intercepted = people_of("TN", "pending_screening")
        assert (len(intercepted), minors(intercepted)) == (27, 21)
        assert not list(hanging("TN", "victims"))
        assert declared("TN")["persons_intercepted_minors"] == 21

    def test_algeria_serbia_montenegro_brazil(self) -> None:
        assert Counter(code("attributions", row["attribution"]) for row in hanging("DZ", "arrests")) == {"linked": 7}
        assert Counter(code("attributions", row["attribution"]) for row in hanging("RS", "arrests")) == {
            "smuggling": 12
        }
        assert declared("RS")["migrants_facilitated"] == 178
        assert len(people_of("ME", "suspect")) == 11
        assert declared("ME")["migrants_facilitated"] == 350
        assert len(list(hanging("BR", "arrests"))) == 9
        assert declared("BR")["migrants_facilitated"] == 70

    def test_north_macedonia_women_in_nightclubs_and_iraq_beggars(self) -> None:
        assert {code("sexes", row["sex"]) for row in victims_of("MK")} == {"female"}
        kinds = {code("exploitation_types", row["exploitation"]) for row in hanging("IQ", "victims")}
        assert kinds == {"ForcedBegging"}


class TestPersons:
    def test_a_minor_is_one_by_every_field_that_says_so(self) -> None:
        start = outline().start
        seen = 0
        for filing in demo().sent_in("correction"):
            for row in filing.rows.get("people", ()):
                born, minor = parse_date(row.get("birth_date")), code("minor_status", row.get("minor"))
                if born is None or minor is None:
                    continue
                seen += 1
                latest = born.latest()
                of_age = latest.replace(year=latest.year + 18, day=min(latest.day, 28)) <= start
                assert of_age == (minor == "no"), row
        assert seen > 500

    def test_no_two_persons_share_full_name_and_birth_date_but_look_alikes_share_a_name_and_a_year(self) -> None:
        of = plan(9, 1.0, taking_part(outline(), 116))
        actions, involved = cases(9, of, 6)
        persons, person, _ = people(9, of, actions, involved)
        assert int(person.max()) + 1 == len(persons)
        names = list(
            zip(
                persons.culture.tolist(),
                persons.sex.tolist(),
                persons.given_name.tolist(),
                persons.family.tolist(),
                strict=True,
            )
        )
        by_name_and_date = Counter(zip(names, persons.birth.tolist(), strict=True))
        assert max(by_name_and_date.values()) == 1
        years = persons.birth.astype("datetime64[D]").astype("datetime64[Y]").astype(int).tolist()
        by_name_and_year = Counter(zip(names, persons.second.tolist(), years, strict=True))
        assert sum(count > 1 for count in by_name_and_year.values()) >= 5
        shared = Counter(persons.phone.tolist())
        assert sum(count > 1 for count in shared.values()) >= 10
        assert len(set(persons.passport.tolist())) == len(persons)

    def test_repeated_victimisation_is_two_findings_of_one_person(self) -> None:
        of = plan(9, 1.0, taking_part(outline(), 116))
        actions, involved = cases(9, of, 6)
        _, person, grown = people(9, of, actions, involved)
        assert len(grown) > len(involved)
        assert max(Counter(person.tolist()).values()) == 2


class TestNames:
    def test_every_country_has_a_culture(self) -> None:
        assert {country.culture for country in countries().values()} <= set(cultures())
        used = {code for codes in origins().values() for code in codes}
        assert used <= set(countries())
        assert set(countries()) <= set(vocabulary("countries").codes)

    def test_native_scripts_come_with_latin_spellings(self) -> None:
        for culture in cultures().values():
            for pool in (*culture.given_names, *culture.family):
                assert pool.shape[1] == 5
                for native, *latin in pool.tolist():
                    assert native
                    assert all(any(mark.isascii() or mark.isalpha() for mark in spelling) for spelling in latin)
                    if culture.script not in ("latin",):
                        assert not native.isascii(), native
                        assert all(ord(max(spelling)) < 0x250 for spelling in latin), latin

    def test_schemes_take_the_longest_match(self) -> None:
        assert romanise("щука", [("щ", "shch"), ("у", "u"), ("к", "k"), ("а", "a")]) == "Shchuka"
