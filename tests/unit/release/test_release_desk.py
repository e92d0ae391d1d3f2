"""The release desk: nothing leaves without audit and two signatures, nothing changes afterwards (rules 23 to 25)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection
from tests.builders import somebody, statement
from tests.conftest import ActAs

from traboule.core.errors import Conflict, Invalid, NotFound, Refused
from traboule.core.language.languages import LANGUAGES
from traboule.core.permissions import Actor, Role
from traboule.release import desk, drafts
from traboule.release.desk import Issued
from traboule.release.drafts import Drafted
from traboule.release.models import Audit, Document, Draft, Release, Signature, Withdrawal, WithdrawalProposal
from traboule.release.statement import Kind, Statement
from traboule.release.verdict import AuditVerdict

RUN = UUID(int=7)
AT = datetime(2024, 11, 6, 9, tzinfo=UTC)
PASSED = AuditVerdict((), "test")
FAILED = AuditVerdict(({"code": "cell-small", "cell": "female"},), "test")
PRESS = somebody("Iris Novak", Role.PRESS)
DESK = somebody("Awa Diop", Role.DESK)
CODE = "liberterra-ii"
WRONG = {"en": "wrong operation", "fr": "mauvaise opération", "es": "operación errónea", "ar": "عملية خاطئة"}

pytestmark = pytest.mark.usefixtures("database")


def saying(kind: Kind = Kind.PRELIMINARY, number: int = 1, reason: str = "") -> Statement:
    return replace(statement(kind, number), changes=(), reason=dict.fromkeys(LANGUAGES, reason) if reason else {})


def drafted(sample: Statement, *, open_returns: tuple[str, ...] = (), verdict: AuditVerdict | None = PASSED) -> Drafted:
    made = drafts.draft(sample, figures_run=RUN, open_returns=open_returns, by=PRESS, at=AT)
    return made if verdict is None else drafts.store_verdict(made, verdict, by=PRESS, at=AT)


def signed(sample: Statement) -> Drafted:
    made = drafts.sign(drafted(sample), by=DESK, at=AT)
    return drafts.sign(made, by=PRESS, at=AT)


def issued(sample: Statement) -> Issued:
    return desk.issue(signed(sample), open_returns=(), by=PRESS, at=AT)


@pytest.fixture(autouse=True)
def _inside(as_actor: ActAs) -> object:
    with as_actor(Role.PRESS):
        yield


def test_audited_and_signed_by_two_is_issued_and_read_back() -> None:
    made = issued(saying())
    read = desk.issued(CODE)
    assert read == made
    assert [signature.name for signature in read.signatures] == ["Awa Diop", "Iris Novak"]
    assert read.statement.draft is False
    assert {f"communique.{language}.pdf" for language in LANGUAGES} < set(read.files)


@pytest.mark.parametrize("signers", [(), (PRESS,)])
def test_unsigned_release_is_refused(signers: tuple[Actor, ...]) -> None:
    made = drafted(saying())
    for signer in signers:
        made = drafts.sign(made, by=signer, at=AT)
    with pytest.raises(Refused) as refusal:
        desk.issue(made, open_returns=(), by=PRESS, at=AT)
    assert refusal.value.code == "release-unsigned"
    assert f"{len(signers)} of two" in refusal.value.sentence("en")
    assert not Release.objects.exists()


@pytest.mark.promise("release-takes-two-people")
@pytest.mark.parametrize(("name", "account"), [("Iris Novak", ""), ("iris  NOVAK ", ""), ("Iris Novak", "iris.second")])
def test_nobody_signs_twice_by_spelling_or_by_a_second_account(name: str, account: str) -> None:
    made = drafts.sign(drafted(saying()), by=PRESS, at=AT)
    second = Actor(name, Role.DESK, account=account or PRESS.account, person=PRESS.person)
    with pytest.raises(Conflict) as twice:
        drafts.sign(made, by=second, at=AT)
    assert twice.value.code == "release-signed-already"
    assert Signature.objects.count() == 1


@pytest.mark.promise("release-takes-two-people")
@pytest.mark.parametrize("by", [Actor("Iris Novak", Role.PRESS), Actor("Iris Novak", Role.PRESS, account="iris")])
def test_a_typed_name_signs_nothing(by: Actor) -> None:
    with pytest.raises(Refused) as refusal:
        drafts.sign(drafted(saying()), by=by, at=AT)
    assert refusal.value.code == "release-signer-unnamed"
    assert not Signature.objects.exists()


def test_a_signature_names_account_and_hash() -> None:
    made = signed(saying())
    rows = list(Signature.objects.order_by("id").values_list("account", "person", "signed_hash"))
    assert rows == [(by.account, by.person, made.content_hash) for by in (DESK, PRESS)]


@pytest.mark.promise("what-is-signed-is-issued")
def test_who_read_another_draft_does_not_sign_this_one() -> None:
    read = drafted(saying()).content_hash
    later = drafted(replace(saying(), embargo_until=AT + timedelta(days=1)))
    for typed in (read, read[:12], later.content_hash[:11], "0" * 64):
        with pytest.raises(Conflict) as refusal:
            drafts.sign(later, read=typed, by=PRESS, at=AT)
        assert refusal.value.code == "release-read-another"
    assert drafts.sign(later, read=later.content_hash[:12].upper(), by=PRESS, at=AT).signatures_missing == 1
    assert drafts.sign(later, read=later.content_hash, by=DESK, at=AT).signatures_missing == 0


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.PRESS, Role.DESK)])
def test_other_roles_do_not_sign(role: Role) -> None:
    with pytest.raises(Refused) as refusal:
        drafts.sign(drafted(saying()), by=Actor("Somebody", role), at=AT)
    assert refusal.value.code == "not-permitted"


@pytest.mark.parametrize(("verdict", "code"), [(None, "release-not-audited"), (FAILED, "release-audit-failed")])
def test_without_a_passed_verdict_nothing_is_signed_or_issued(verdict: AuditVerdict | None, code: str) -> None:
    made = drafted(saying(), verdict=verdict)
    for act in (
        lambda: drafts.sign(made, by=PRESS, at=AT),
        lambda: desk.issue(made, open_returns=(), by=PRESS, at=AT),
    ):
        with pytest.raises(Refused) as refusal:
            act()
        assert refusal.value.code == code
    assert drafts.current(CODE).verdict == verdict


def test_a_verdict_is_given_once() -> None:
    with pytest.raises(Conflict) as twice:
        drafts.store_verdict(drafted(saying(), verdict=FAILED), PASSED, by=PRESS, at=AT)
    assert twice.value.code == "release-audited-already"


def test_a_new_draft_loses_verdict_and_signatures() -> None:
    signed(saying())
    second = drafted(saying(), verdict=None)
    assert drafts.current(CODE) == second
    assert second.verdict is None
    assert second.signatures == ()


def test_embargo_holds_until_its_moment() -> None:
    until = AT + timedelta(hours=3)
    made = signed(replace(saying(), embargo_until=until))
    with pytest.raises(Refused) as refusal:
        desk.issue(made, open_returns=(), by=PRESS, at=until - timedelta(seconds=1))
    assert refusal.value.code == "release-embargoed"
    done = desk.issue(made, open_returns=(), by=PRESS, at=until)
    assert done.statement.embargo_until == until
    assert "embargo" not in done.files["communique.en.html"].decode().casefold()


@pytest.mark.parametrize("late", [timedelta(0), timedelta(days=365)])
def test_an_embargo_that_is_over_is_refused(late: timedelta) -> None:
    with pytest.raises(Refused) as refusal:
        drafted(replace(saying(), embargo_until=AT - late))
    assert refusal.value.code == "release-embargo-over"
    assert not Draft.objects.exists()


@pytest.mark.parametrize("reason", ["a Gambian boy was counted twice", "2 returns", "victims were counted twice"])
def test_a_withdrawal_says_what_a_release_may_say(reason: str) -> None:
    issued(saying())
    with pytest.raises(Invalid) as refusal:
        desk.propose_withdrawal(CODE, 1, reason=dict.fromkeys(LANGUAGES, reason), by=PRESS, at=AT)
    assert refusal.value.code == "release-texts-faulty"
    assert not WithdrawalProposal.objects.exists()


@pytest.mark.promise("release-takes-two-people")
def test_one_person_alone_withdraws_nothing() -> None:
    issued(saying())
    with pytest.raises(NotFound) as nothing:
        desk.withdraw(CODE, 1, by=PRESS, at=AT)
    proposed = desk.propose_withdrawal(CODE, 1, reason=WRONG, by=PRESS, at=AT)
    assert (proposed.withdrawn, proposed.proposed and proposed.proposed.by) == (None, PRESS.name)
    second_account = Actor("Iris N.", Role.DESK, account="iris.second", person=PRESS.person)
    with pytest.raises(Conflict) as own:
        desk.withdraw(CODE, 1, by=second_account, at=AT)
    assert (nothing.value.code, own.value.code) == ("release-withdrawal-none", "release-withdrawal-own")
    assert not Withdrawal.objects.exists()
    assert desk.last_run_released(CODE) == RUN


def test_who_read_another_proposal_does_not_sign_this_one() -> None:
    issued(saying())
    first = desk.propose_withdrawal(CODE, 1, reason=WRONG, by=PRESS, at=AT).proposed
    desk.propose_withdrawal(CODE, 1, reason={**WRONG, "en": "wrong table"}, by=PRESS, at=AT)
    assert first is not None
    with pytest.raises(Conflict) as refusal:
        desk.withdraw(CODE, 1, read=first.proposal_hash, by=DESK, at=AT)
    assert refusal.value.code == "release-withdrawal-another"
    assert not Withdrawal.objects.exists()


def test_final_is_refused_while_a_return_is_open_at_drafting_and_at_issuing() -> None:
    with pytest.raises(Refused) as at_drafting:
        drafted(saying(Kind.FINAL), open_returns=("ML", "TG"))
    made = signed(saying(Kind.FINAL))
    with pytest.raises(Refused) as at_issuing:
        desk.issue(made, open_returns=("ML",), by=PRESS, at=AT)
    assert at_drafting.value.code == at_issuing.value.code == "release-returns-open"
    assert not Release.objects.exists()


def test_order_is_preliminary_revised_final() -> None:
    with pytest.raises(Refused) as nothing:
        drafted(saying(Kind.REVISED, 1, "late returns"))
    issued(saying())
    with pytest.raises(Refused) as silent:
        drafted(saying(Kind.REVISED, 2, "  "))
    issued(saying(Kind.REVISED, 2, "late returns"))
    with pytest.raises(Refused) as back:
        drafted(saying(Kind.PRELIMINARY, 3))
    with pytest.raises(Conflict) as gap:
        drafted(saying(Kind.REVISED, 4, "late returns"))
    issued(saying(Kind.FINAL, 3))
    with pytest.raises(Conflict) as after:
        drafted(saying(Kind.REVISED, 4, "late returns"))
    codes = [refusal.value.code for refusal in (nothing, silent, back, gap, after)]
    assert codes == [
        "release-nothing-to-revise",
        "release-without-reason",
        "release-no-longer-preliminary",
        "release-number-taken",
        "release-final-exists",
    ]


def test_withdrawn_stays_readable_with_its_reason_and_gives_way() -> None:
    made = issued(saying(Kind.FINAL, 1))
    with pytest.raises(Refused):
        desk.propose_withdrawal(CODE, 1, reason=dict.fromkeys(LANGUAGES, " "), by=PRESS, at=AT)
    desk.propose_withdrawal(CODE, 1, reason=WRONG, by=PRESS, at=AT)
    taken = desk.withdraw(CODE, 1, by=DESK, at=AT)
    assert taken.withdrawn is not None
    assert taken.withdrawn.reason == WRONG
    assert (taken.withdrawn.proposed_by, taken.withdrawn.by) == (PRESS.name, DESK.name)
    assert dict(taken.files) == dict(made.files)
    with pytest.raises(Conflict) as twice:
        desk.propose_withdrawal(CODE, 1, reason=WRONG, by=PRESS, at=AT)
    assert twice.value.code == "release-withdrawn-already"
    assert desk.last_run_released(CODE) is None
    issued(replace(saying(Kind.REVISED, 2, "withdrawn before"), history=desk.history(CODE)))
    past = desk.issued(CODE).statement.history
    assert [(release.number, release.withdrawn_because) for release in past] == [(1, WRONG)]


def test_a_reason_typed_before_it_was_translated_stands_in_every_language() -> None:
    issued(saying(Kind.FINAL, 1))
    release = Release.objects.get(operation=CODE, number=1)
    Withdrawal.objects.create(release=release, reason="wrong operation", withdrawn_at=AT, withdrawn_by="Iris Novak")
    typed = dict.fromkeys(LANGUAGES, "wrong operation")
    withdrawn = desk.issued(CODE).withdrawn
    assert withdrawn is not None
    assert withdrawn.reason == typed
    assert [past.withdrawn_because for past in desk.history(CODE)] == [typed]


def test_issued_draft_is_no_longer_in_hand() -> None:
    issued(saying())
    with pytest.raises(NotFound) as gone:
        drafts.current(CODE)
    assert gone.value.code == "release-draft-none"


def test_rebuilt_from_what_is_kept_bit_for_bit() -> None:
    issued(saying(Kind.FINAL, 1))
    rebuilt = desk.rebuild(CODE)
    assert rebuilt.reproduces
    assert rebuilt.same_makings
    assert rebuilt.documents == Document.objects.count() > 8


def test_a_document_that_the_statement_does_not_give_is_seen() -> None:
    issued(saying())
    Document.objects.create(release=Release.objects.get(), name="added.txt", content=b"x", content_hash="0" * 64)
    rebuilt = desk.rebuild(CODE)
    assert rebuilt.differing == ("added.txt",)
    assert not rebuilt.reproduces


@pytest.mark.parametrize("model", [Draft, Audit, Signature, Release, Document, WithdrawalProposal, Withdrawal])
def test_rows_of_the_desk_are_never_changed_or_deleted(model: type) -> None:
    table = model._meta.db_table  # type: ignore[attr-defined]
    with connection.cursor() as cursor:
        for right in ("UPDATE", "DELETE"):
            cursor.execute("SELECT has_table_privilege(%s, %s)", [table, right])
            assert cursor.fetchone() == (False,), right
