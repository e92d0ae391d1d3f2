"""Which tables the ledger anchors, and by which columns it names their rows; and which it does not, with the reason.

Every table of the database stands in one of the two lists; a house rule checks it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.apps import apps

from traboule.core.record_names import agency_prefix
from traboule.ledger.digests import AnchoredTable

RETURN, LINK_RUN = "returns.ReturnReceived", "linkage.LinkRun"

_BY_RETURN = ("returns.ReturnOriginal", "returns.FaultFound", "returns.HeldRow", "returns.HeldContent")
_REGISTER = tuple(model._meta.label for model in apps.get_app_config("register").get_models())
_BY_LINK_RUN = ("linkage.Link", "linkage.ThingLink", "linkage.ClusterMember", "hits.HitChange")


def _within_agency(returned: Mapping[str, Any]) -> Mapping[str, str]:
    """Return where the rows of a return stand in the register's index."""
    prefix = agency_prefix(returned["unit"], returned["agency"])
    return {"operation": returned["operation"], "record": prefix}


def _within_unit(returned: Mapping[str, Any]) -> Mapping[str, str]:
    return {"unit": returned["unit"]}


ANCHORED: tuple[AnchoredTable, ...] = (
    AnchoredTable("accounts.AccountHolder", ("id",)),
    AnchoredTable("accounts.PoliceUnit", ("code",)),
    AnchoredTable("accounts.Account", ("login",)),
    AnchoredTable("accounts.RoleHeld", ("account_id", "id")),
    AnchoredTable("accounts.BoundIdentity", ("account_id", "id")),
    AnchoredTable("accounts.DemoMark", ("id",)),
    AnchoredTable("operation.OperationOpened", ("code", "number")),
    AnchoredTable("operation.StopSigned", ("operation", "id")),
    AnchoredTable(RETURN, ("return_id",)),
    AnchoredTable("returns.ErasureProposal", ("operation", "id")),
    AnchoredTable("returns.Tombstone", ("operation", "id")),
    *(AnchoredTable(label, ("return_id",), RETURN, _within_unit) for label in _BY_RETURN),
    *(AnchoredTable(label, ("return_id",), RETURN, _within_agency) for label in _REGISTER),
    AnchoredTable(LINK_RUN, ("run_id",)),
    *(AnchoredTable(label, ("run_id",), LINK_RUN) for label in _BY_LINK_RUN),
    AnchoredTable("linkage.Judgement", ("operation", "id")),
    AnchoredTable("linkage.ThingJudgement", ("operation", "id")),
    *(AnchoredTable(f"hits.{name}", ("id",)) for name in ("HitStep", "HitNotice", "HitAnswer")),
    AnchoredTable("hits.Announcement", ("operation", "id")),
    AnchoredTable("hits.AnnouncementWithdrawal", ("operation", "id")),
    AnchoredTable("hits.DecoySigned", ("operation", "id")),
    AnchoredTable("protection.Screening", ("operation", "id")),
    AnchoredTable("protection.Referral", ("operation", "id")),
    AnchoredTable("protection.ReferralReceipt", ("operation", "id")),
    AnchoredTable("figures.FigureRun", ("operation", "id")),
    AnchoredTable("release.Draft", ("operation", "number", "id")),
    AnchoredTable("release.Audit", ("draft_id",)),
    AnchoredTable("release.Signature", ("draft_id", "id")),
    AnchoredTable("release.Release", ("operation", "number", "id")),
    AnchoredTable("release.Document", ("release_id", "name"), content="content"),
    AnchoredTable("release.WithdrawalProposal", ("release_id", "id")),
    AnchoredTable("release.Withdrawal", ("release_id",)),
    AnchoredTable("release.ResearchExport", ("operation", "number")),
    AnchoredTable("exchange.OwnerExport", ("operation", "id")),
    AnchoredTable("exchange.DeskExport", ("operation", "id")),
)
NOT_ANCHORED: Mapping[str, str] = {
    "accounts.Credential": "read by the sign-in path alone, which verification is not",
    "accounts.FailedSignIns": "read by the sign-in path alone; what it counts is no evidence",
    "accounts.Passkey": "read by the sign-in path alone; each use of it is an entry",
    "accounts.SpentChallenge": "read by the sign-in path alone, and forgotten when they expire",
    "accounts.SessionKey": "read by the sign-in path alone; each entry names the account that acted",
    "ledger.Entry": "its entries are the leaves",
    "ledger.Node": "computed from the entries, and recomputed by every verification",
    "returns.SubjectKey": "wrapped anew when the unit's key changes, and destroyed when a person is erased",
    "ledger.RecordShown": "hashed as a whole in the entry of the verb that showed the records",
}
