"""Runs and judgements in the database: kept whole, in order, bound by row security, undoable."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest
from tests.conftest import ActAs
from tests.linkage_population import Population, population

from traboule.core.errors import Conflict, NotFound, Refused
from traboule.core.permissions import Role
from traboule.linkage.judge import judge, judgements, undo
from traboule.linkage.models import ClusterMember, Judgement, Link, LinkRun
from traboule.linkage.resolve import LinkResult
from traboule.linkage.run import Personal, find, hash_key, latest_model, store
from traboule.linkage.store.runs import latest_run, open_links
from traboule.linkage.verdicts import Judgements, LinkVerdict
from traboule.operation.operation import shipped

OPERATION = shipped("liberterra-ii")
CODE = OPERATION.code
AT = datetime(2024, 10, 5, 12, tzinfo=UTC)

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(scope="module")
def made() -> Population:
    return population(80, seed=12, again=0.7)


def linked(made: Population, as_actor: ActAs, *, minute: int = 0) -> LinkResult:
    arrests = made.encounters.rename_columns(["person_record", "arresting_state", "at"])
    with as_actor(Role.ENGINE) as by:
        outcome = find(
            {"people": made.people, "arrests": arrests},
            Personal(made.identities, made.identifiers),
            judgements=judgements(CODE),
            model=latest_model(CODE),
            operation=OPERATION,
            key=hash_key(),
        )
        store(outcome, OPERATION, protected=True, by=by, at=AT + timedelta(minutes=minute))
        return outcome.persons


def test_a_run_is_kept_whole(made: Population, as_actor: ActAs) -> None:
    result = linked(made, as_actor)
    with as_actor(Role.PROTECTION):
        run = latest_run(CODE)
        assert (run.records, run.model_hash) == (len(made.truth), result.model_hash)
        assert Link.objects.filter(run_id=run.run_id).count() == result.links.num_rows
        kept = dict(ClusterMember.objects.filter(run_id=run.run_id).values_list("record", "cluster"))
        model = latest_model(CODE)
    assert kept == {row["record"]: row["cluster"] for row in result.clusters.to_pylist()}
    assert model is not None
    assert model.hash == result.model_hash


def test_the_latest_of_two_runs_at_one_instant_is_the_second(made: Population, as_actor: ActAs) -> None:
    linked(made, as_actor)
    linked(made, as_actor)
    with as_actor(Role.PROTECTION):
        runs = [run.run_id for run in LinkRun.objects.order_by("run_id")]
        assert len(runs) == 2
        assert latest_run(CODE).run_id == runs[1]


def test_open_links_come_the_most_probable_first(made: Population, as_actor: ActAs) -> None:
    linked(made, as_actor)
    with as_actor(Role.PROTECTION):
        found = [row.probability for row in open_links(CODE, most=5)[1]]
    assert found == sorted(found, reverse=True)
    assert len(found) == 5


def test_a_judgement_binds_the_next_run_and_undoing_restores(made: Population, as_actor: ActAs) -> None:
    before = linked(made, as_actor)
    with as_actor(Role.PROTECTION) as by:
        first = open_links(CODE, most=1)[1][0]
        judge((first.right, first.left), LinkVerdict.MATCH, operation=CODE, reason="Same photograph.", by=by, at=AT)
    bound = linked(made, as_actor, minute=1)
    label = {row["record"]: row["cluster"] for row in bound.clusters.to_pylist()}
    assert label[first.left] == label[first.right]
    with as_actor(Role.PROTECTION) as by:
        later = AT + timedelta(minutes=2)
        undo((first.left, first.right), operation=CODE, reason="Wrong photograph.", by=by, at=later)
        assert Judgement.objects.count() == 2
    after = linked(made, as_actor, minute=3)
    assert after.links.equals(before.links)
    assert after.clusters.equals(before.clusters)


def test_what_cannot_be_judged_is_refused(made: Population, as_actor: ActAs) -> None:
    linked(made, as_actor)
    one, other = sorted(made.truth)[:2]
    with as_actor(Role.PROTECTION) as by:
        signed = {"operation": CODE, "by": by, "at": AT}
        with pytest.raises(Refused):
            judge((one, one), LinkVerdict.MATCH, reason="x", **signed)
        with pytest.raises(Refused):
            judge((one, other), LinkVerdict.MATCH, reason="  ", **signed)
        with pytest.raises(Refused):
            judge((one, other), LinkVerdict.UNDONE, reason="x", **signed)
        with pytest.raises(NotFound):
            judge((one, "XX/x/none"), LinkVerdict.MATCH, reason="x", **signed)
        with pytest.raises(Conflict):
            undo((one, other), reason="x", **signed)
        assert Judgement.objects.count() == 0


def test_before_the_first_run_there_is_none(as_actor: ActAs) -> None:
    with as_actor(Role.PROTECTION):
        assert latest_model(CODE) is None
        with pytest.raises(NotFound):
            latest_run(CODE)


def test_a_filing_state_sees_no_link(made: Population, as_actor: ActAs) -> None:
    linked(made, as_actor)
    with as_actor(Role.NATIONAL, "FR"):
        assert Link.objects.count() == 0
        assert ClusterMember.objects.count() == 0


def test_no_arrests_are_no_hindrance(made: Population, as_actor: ActAs) -> None:
    nothing = made.encounters.slice(0, 0).rename_columns(["person_record", "arresting_state", "at"])
    with as_actor(Role.ENGINE) as by:
        result = find(
            {"people": made.people.slice(0, 0), "arrests": nothing},
            Personal(made.identities.slice(0, 0), pa.Table.from_batches([], schema=made.identifiers.schema)),
            judgements=Judgements(),
            model=None,
            operation=OPERATION,
            key=hash_key(),
        )
        store(result, OPERATION, protected=True, by=by, at=AT)
    assert result.persons.clusters.num_rows == 0
    assert result.things.all_links.num_rows == 0
