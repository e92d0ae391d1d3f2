"""Networks: who and what joins, what never does, groups, who holds them together, convergence, what recurs, routes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from traboule.analysis.convergence import convergence
from traboule.analysis.facilitators import facilitators
from traboule.analysis.group_sheet import GroupWriter
from traboule.analysis.groups import find_groups
from traboule.analysis.network import JOINING, EdgeKind, Network, NetworkInputs, NodeKind, build_network
from traboule.analysis.recurrence import recurrence
from traboule.analysis.routes import corridors, flows
from traboule.linkage.stop_list import stop_list

TEXT = pa.string()
COLUMNS: dict[str, dict[str, Any]] = {
    "people": {"record": TEXT, "unit": TEXT, "handling": TEXT},
    "roles": {"person_record": TEXT, "action_record": TEXT, "role": TEXT, "start": TEXT, "handling": TEXT},
    "arrests": {"person_record": TEXT, "action_record": TEXT, "at": pa.timestamp("us"), "handling": TEXT},
    "victims": {"person_record": TEXT, "action_record": TEXT, "fee": pa.float64(), "fee_currency": TEXT},
    "actions": {
        "record": TEXT,
        "unit": TEXT,
        "country": TEXT,
        "start": pa.timestamp("us"),
        "crime_types": pa.list_(TEXT),
        "handling": TEXT,
    },
    "legs": {
        "person_record": TEXT,
        "unit": TEXT,
        "order": pa.int64(),
        "from_country": TEXT,
        "to_country": TEXT,
        "mode": TEXT,
        "stage": TEXT,
    },
}
_FILED = ("record", "unit", "handling", "person_record", "action_record", "kind", "value", "issuer", "first_seen")
IDENTIFIER: dict[str, Any] = dict.fromkeys(_FILED, TEXT)
DAY = 86_400_000_000
PHONE = "+22376123451"


class World:
    """A small register in the making."""

    def __init__(self) -> None:
        self.rows: dict[str, list[dict[str, Any]]] = {name: [] for name in COLUMNS}
        self.identifiers: list[dict[str, Any]] = []
        self.same: dict[str, str] = {}

    def action(self, record: str, *crimes: str, day: int = 0, handling: str = "H0") -> str:
        unit = record[:2]
        day = day or 20_000 + len(self.rows["actions"])
        self.rows["actions"].append(
            {"record": record, "unit": unit, "country": unit, "start": day * DAY, "crime_types": list(crimes),
             "handling": handling}
        )  # fmt: skip
        return record

    def person(self, record: str, *actions: str, role: str = "suspect", cluster: str = "") -> str:
        self.rows["people"].append({"record": record, "unit": record[:2], "handling": "H0"})
        for action in actions:
            self.rows["roles"].append({"person_record": record, "action_record": action, "role": role})
        self.same[record] = cluster or record
        return record

    def thing(self, record: str, kind: str, value: str, *, person: str = "", action: str = "") -> None:
        self.identifiers.append(
            {"record": record, "unit": record[:2], "kind": kind, "value": value, "person_record": person or None,
             "action_record": action or None}
        )  # fmt: skip

    @staticmethod
    def identifier_schema() -> pa.Schema:
        """Return the columns of identifiers as they are read."""
        return pa.schema(IDENTIFIER)

    def network(self, stopped: str = "") -> Network:
        tables = {name: pa.Table.from_pylist(rows, schema=pa.schema(COLUMNS[name])) for name, rows in self.rows.items()}
        identifiers = pa.Table.from_pylist(self.identifiers, schema=pa.schema(IDENTIFIER))
        clusters = pa.table({"record": list(self.same), "cluster": list(self.same.values())})
        stops = stop_list([{"kind": "phone", "value": stopped, "reason": "shelter"}] if stopped else [])
        self.tables = tables
        return build_network(NetworkInputs(tables, identifiers, clusters, (), stops))


def two_raids(*, role: str = "suspect", phones: tuple[str, str] = (PHONE, PHONE)) -> World:
    """Return two raids of two states with a person each, who show a telephone each."""
    world = World()
    for unit, phone in zip(("ML", "TG"), phones, strict=True):
        action = world.action(f"{unit}/P/A1", "trafficking")
        person = world.person(f"{unit}/P/P1", action, role=role)
        world.thing(f"{unit}/P/I1", "phone", phone, person=person)
    return world


def test_a_telephone_of_two_persons_joins_their_actions() -> None:
    network = two_raids().network()
    groups = find_groups(network)
    assert groups.actions.tolist() == [2]
    assert groups.stability.tolist() == [1.0]
    sheet = GroupWriter(network, groups).sheet(0)
    assert [node.name for node in sheet.nodes if node.kind == "identifier"] == ["ML/P/I1"]
    assert sheet.line.states == ("ML", "TG")
    assert "2376123451" not in repr(sheet)


@pytest.mark.parametrize(
    ("phones", "stopped"),
    [((PHONE, "+22890123456"), ""), ((PHONE, PHONE), PHONE), (("0000000", "0000000"), "")],
    ids=["different", "stopped", "placeholder"],
)
def test_what_is_not_shared_or_is_stopped_joins_nothing(phones: tuple[str, str], stopped: str) -> None:
    assert len(find_groups(two_raids(phones=phones).network(stopped))) == 0


def test_what_too_many_persons_hold_joins_nothing() -> None:
    world = two_raids()
    for number in range(2, 9):
        person = world.person(f"ML/P/P{number}", "ML/P/A1")
        world.thing(f"ML/P/I{number}", "phone", PHONE, person=person)
    assert len(find_groups(world.network())) == 0


def test_a_telephone_that_victims_of_one_state_alone_share_joins_nothing() -> None:
    world = World()
    for number in (1, 2):
        action = world.action(f"ML/P/A{number}", "trafficking")
        person = world.person(f"ML/P/P{number}", action, role="possible_victim")
        world.thing(f"ML/P/I{number}", "phone", PHONE, person=person)
    assert len(find_groups(world.network())) == 0
    assert len(find_groups(two_raids(role="possible_victim").network())) == 1, "a recruiter's is in two states"


def test_a_migrant_who_is_nothing_else_is_no_node() -> None:
    network = two_raids(role="irregular_migrant").network()
    assert not network.of_kind(NodeKind.PERSON).any()
    assert len(find_groups(network)) == 0


def test_one_raid_that_two_agencies_filed_is_one_action() -> None:
    world = World()
    for agency in ("P", "B"):
        action = world.action(f"ML/{agency}/A1", "trafficking", day=20_000)
        world.person(f"ML/{agency}/P1", action, cluster="ML/B/P1")
    network = world.network()
    assert network.nodes.name[network.of_kind(NodeKind.ACTION)].tolist() == ["ML/B/A1"]
    assert len(find_groups(network)) == 0


def test_an_edge_has_the_strictest_handling_of_its_ends() -> None:
    world = World()
    action = world.action("ML/P/A1", "trafficking", handling="H2")
    world.person("ML/P/P1", action)
    edges = world.network().edges
    assert edges.handling[edges.kind == EdgeKind.TOOK_PART].tolist() == [2]


def test_places_and_crimes_are_in_the_table_and_join_nothing() -> None:
    world = World()
    for number in (1, 2):
        world.person(f"ML/P/P{number}", world.action(f"ML/P/A{number}", "drugs"))
    network = world.network()
    assert {int(kind) for kind in network.edges.kind} == {EdgeKind.TOOK_PART, EdgeKind.TOOK_PLACE, EdgeKind.CONCERNS}
    assert (network.edges.kind >= JOINING).sum() == 4
    assert len(find_groups(network)) == 0


def rings(*, bridge_role: str = "suspect") -> World:
    """Return two rings of four raids each, whose raids share a company, and one person who was in a raid of both."""
    world = World()
    for ring, unit in enumerate(("ML", "TG")):
        for number in range(4):
            action = world.action(f"{unit}/P/A{number}", "trafficking" if ring else "drugs")
            world.thing(
                f"{unit}/P/I{number}", "company", f"Lantern {'Quay' if ring else 'Harbour'} Trading", action=action
            )
    world.person("ML/P/P1", "ML/P/A0", cluster="ML/P/P1", role=bridge_role)
    world.person("TG/P/P1", "TG/P/A0", cluster="ML/P/P1", role=bridge_role)
    return world


def test_who_ties_two_rings_is_a_facilitator() -> None:
    network = rings().network()
    (row,) = facilitators(network, find_groups(network))
    assert (network.nodes.name[row.node], row.parts, row.apart) == ("ML/P/P1", 2, 4)


@pytest.mark.parametrize("role", ["possible_victim", "victim", "witness"])
def test_a_victim_or_witness_is_never_a_facilitator(role: str) -> None:
    network = rings(bridge_role=role).network()
    assert facilitators(network, find_groups(network)) == []
    world = rings()
    world.rows["roles"].append({"person_record": "TG/P/P1", "action_record": "TG/P/A0", "role": role})
    network = world.network()
    assert facilitators(network, find_groups(network)) == [], "nor one who is a suspect as well"


def test_the_same_network_gives_the_same_groups() -> None:
    network = rings().network()
    first, second = find_groups(network), find_groups(network)
    assert (first.group == second.group).all()
    assert (first.stability == second.stability).all()


def mixed(seed: int, *, planted: bool) -> World:
    """Return 300 actions of three states with one crime each, a quarter of them tied in pairs by a telephone."""
    rng = np.random.default_rng(seed)
    world = World()
    crimes = rng.choice(["trafficking", "smuggling", "drugs", "fraud"], size=300, p=[0.4, 0.3, 0.2, 0.1])
    units = rng.choice(["ML", "TG", "SN"], size=300)
    for number, (unit, crime) in enumerate(zip(units.tolist(), crimes.tolist(), strict=True)):
        world.action(f"{unit}/P/A{number:03d}", crime)
    names = [row["record"] for row in world.rows["actions"]]
    for number in range(60):
        left, right = rng.choice(300, size=2, replace=False)
        if planted and number < 24:
            left, right = rng.choice(np.flatnonzero(crimes == "drugs")), rng.choice(np.flatnonzero(crimes == "fraud"))
        for side, action in enumerate((names[left], names[right])):
            world.thing(f"{action[:2]}/P/I{number:03d}{side}", "phone", f"+2237612{number:04d}", action=action)
    return world


def test_planted_convergence_is_found_with_its_actions() -> None:
    network = mixed(1, planted=True).network()
    rows = convergence(network, find_groups(network))
    best = rows[0]
    assert ({best.left, best.right}, best.significant) == ({"drugs", "fraud"}, True)
    assert best.observed > best.high > best.expected > 0
    assert len(best.actions) > best.observed
    assert {row.over for row in rows} == {"things", "groups"}, "no person is shared here, so nothing is tested"


def test_where_nothing_is_planted_next_to_nothing_is_significant() -> None:
    by_seed = []
    for seed in range(20):
        network = mixed(seed, planted=False).network()
        by_seed.append(any(row.significant for row in convergence(network, find_groups(network))))
    assert sum(by_seed) <= 1


def test_crimes_of_one_action_are_no_convergence() -> None:
    world = World()
    for number in range(6):
        action = world.action(f"ML/P/A{number}", "trafficking", "sexual_exploitation")
        world.thing(f"ML/P/I{number}", "phone", PHONE, action=action)
    network = world.network()
    assert [row.observed for row in convergence(network, find_groups(network))] == []


def test_one_raid_is_told_by_a_telephone_where_no_link_ties_its_person() -> None:
    """Two files of one country and day show one telephone: one raid. On another day they are two."""
    for day, raids in ((20_000, 1), (20_001, 2)):
        world = World()
        for agency, at in (("P", 20_000), ("B", day)):
            action = world.action(f"ML/{agency}/A1", "trafficking", day=at)
            person = world.person(f"ML/{agency}/P1", action)
            world.thing(f"ML/{agency}/I1", "phone", PHONE, person=person)
        assert int(world.network().of_kind(NodeKind.ACTION).sum()) == raids


def test_what_recurs_is_listed_by_handle() -> None:
    world = two_raids()
    world.thing("ML/P/I2", "phone", "+22376999999", person="ML/P/P1")
    (row,) = recurrence(world.network())
    assert (row.kind, row.record, row.actions, row.persons, row.states) == ("phone", "ML/P/I1", 2, 2, ("ML", "TG"))
    (person,) = [row for row in recurrence(rings().network()) if row.kind == "suspect"]
    assert (person.record, person.actions, person.crimes) == ("ML/P/P1", 2, ("drugs", "trafficking"))


def test_legs_become_corridors_and_flows() -> None:
    world = two_raids()
    for person in ("ML/P/P1", "TG/P/P1"):
        for order, (start, end) in enumerate((("TG", "NE"), ("NE", "LY")), start=1):
            world.rows["legs"].append(
                {"person_record": person, "unit": person[:2], "order": order, "from_country": start, "to_country": end,
                 "mode": "lorry", "stage": "transit"}
            )  # fmt: skip
    network = world.network()
    rows = corridors(world.tables, network)
    assert [(row.start, row.end, row.persons, row.legs) for row in rows] == [("NE", "LY", 2, 2), ("TG", "NE", 2, 2)]
    assert rows[0].crimes == ("trafficking",)
    (flow,) = flows(world.tables, network)
    assert (flow.origin, flow.transit, flow.destination, flow.persons) == ("TG", ("NE",), "LY", 2)


def test_an_empty_register_is_an_empty_network() -> None:
    network = World().network()
    groups = find_groups(network)
    assert (len(network.nodes), len(groups), facilitators(network, groups)) == (0, 0, [])
    assert convergence(network, groups) == []
    assert recurrence(network) == []
