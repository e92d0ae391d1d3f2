"""Everything the system can do, on one page.

A verb that is not here does not exist. Each names the permission it asks for and the function that does it; functions
are loaded when first performed, so that a check of a text needs neither Django nor the database.
"""

from __future__ import annotations

from dataclasses import dataclass

from traboule.core.permissions import Permission


@dataclass(frozen=True, slots=True)
class Verb:
    """One thing the system can do. ``place`` is ``module:function``.

    ``changes``: it writes, and leaves an entry in the ledger. ``stored``: it needs the database. ``engine``: the desk's
    own computation does it in the name of whoever may ask: it reads what that person may not, and hands out counts,
    codes and words alone.
    """

    permission: Permission
    place: str
    changes: bool = True
    stored: bool = True
    engine: bool = False


VERBS: dict[str, Verb] = {
    # Operation.
    "operation.open": Verb(Permission.OPEN_OPERATION, "traboule.app.deeds.opening:open_operation"),
    "operation.show": Verb(Permission.READ_FIGURES, "traboule.app.deeds.opening:show", changes=False, engine=True),
    # Returns.
    "return.template": Verb(Permission.PREPARE_RETURN, "traboule.app.deeds.filing:template", changes=False),
    "return.check": Verb(Permission.PREPARE_RETURN, "traboule.app.deeds.filing:check", changes=False),
    "return.read": Verb(Permission.PREPARE_RETURN, "traboule.app.deeds.filing:read_all", changes=False, stored=False),
    "return.cover": Verb(Permission.PREPARE_RETURN, "traboule.app.deeds.filing:cover", changes=False),
    "return.preview": Verb(Permission.FILE_RETURN, "traboule.app.deeds.filing:preview", changes=False),
    "return.receive": Verb(Permission.FILE_RETURN, "traboule.app.deeds.filing:receive"),
    "return.withdraw": Verb(Permission.FILE_RETURN, "traboule.app.deeds.filing:withdraw"),
    # Linkage.
    "stop.add": Verb(Permission.STOP_IDENTIFIERS, "traboule.app.deeds.linking.stopping:add"),
    "stop.undo": Verb(Permission.STOP_IDENTIFIERS, "traboule.app.deeds.linking.stopping:undo"),
    "stop.list": Verb(
        Permission.EXPLAIN_FIGURES, "traboule.app.deeds.linking.stopping:listed", changes=False, engine=True
    ),
    "link": Verb(Permission.LINK, "traboule.app.deeds.linking.finding:link", engine=True),
    "judge.queue": Verb(Permission.JUDGE, "traboule.app.deeds.linking.queue:queue", changes=False, engine=True),
    "judge.explain": Verb(Permission.JUDGE, "traboule.app.deeds.linking.explaining:explain", changes=False),
    "judge.built": Verb(Permission.JUDGE, "traboule.app.deeds.linking.building:built", changes=False),
    "judge.left-out": Verb(Permission.JUDGE, "traboule.app.deeds.linking.leaving_out:left_out", changes=False),
    "judge.decide": Verb(Permission.JUDGE, "traboule.app.deeds.linking.judging:decide"),
    "judge.undo": Verb(Permission.JUDGE, "traboule.app.deeds.linking.judging:undo"),
    # Figures.
    "figures.compute": Verb(Permission.COMPUTE_FIGURES, "traboule.app.deeds.counting:compute", engine=True),
    "figures.explain": Verb(
        Permission.EXPLAIN_FIGURES, "traboule.app.deeds.counting:explain", changes=False, engine=True
    ),
    "figures.compare": Verb(
        Permission.EXPLAIN_FIGURES, "traboule.app.deeds.counting:compare", changes=False, engine=True
    ),
    "figures.unseen": Verb(
        Permission.COMPUTE_FIGURES, "traboule.app.deeds.counting:unseen", changes=False, engine=True
    ),
    # Release.
    "release.draft": Verb(Permission.RELEASE, "traboule.app.deeds.releasing:draft"),
    "release.revise": Verb(Permission.RELEASE, "traboule.app.deeds.releasing:revise"),
    "release.finalise": Verb(Permission.RELEASE, "traboule.app.deeds.releasing:finalise"),
    "release.embargo": Verb(Permission.RELEASE, "traboule.app.deeds.releasing:embargo"),
    "release.verdict": Verb(Permission.RELEASE, "traboule.app.deeds.releasing:verdict"),
    "release.proof": Verb(Permission.SIGN_RELEASE, "traboule.app.deeds.releasing:proof", changes=False),
    "release.sign": Verb(Permission.SIGN_RELEASE, "traboule.app.deeds.releasing:sign"),
    "release.issue": Verb(Permission.RELEASE, "traboule.app.deeds.releasing:issue", engine=True),
    "release.withdraw": Verb(Permission.RELEASE, "traboule.app.deeds.releasing:withdraw"),
    "release.show": Verb(Permission.READ_FIGURES, "traboule.app.deeds.releasing:show", changes=False),
    "release.rebuild": Verb(Permission.READ_FIGURES, "traboule.app.deeds.releasing:rebuild", changes=False),
    "release.recount": Verb(
        Permission.EXPLAIN_FIGURES, "traboule.app.deeds.counting:recount", changes=False, engine=True
    ),
    # Research.
    "research.export": Verb(Permission.EXPORT_RESEARCH, "traboule.app.deeds.researching:export"),
    # Other people's texts.
    "text.check": Verb(Permission.CHECK_TEXT, "traboule.app.deeds.texts:check", changes=False, stored=False),
    # What has been published.
    "public-record.rows": Verb(Permission.CHECK_TEXT, "traboule.app.deeds.texts:rows", changes=False, stored=False),
    "public-record.compare": Verb(
        Permission.CHECK_TEXT, "traboule.app.deeds.texts:compare", changes=False, stored=False
    ),
    # The database.
    "database.status": Verb(Permission.KEEP_DATABASE, "traboule.app.deeds.keeping:status", changes=False),
}
