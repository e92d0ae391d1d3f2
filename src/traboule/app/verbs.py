"""Everything the system can do, on one page.

A verb that is not listed does not exist. Each entry names the permission it needs and its handler. Handlers are
imported when first called, so that the check of a text loads neither Django nor the database.
"""

from __future__ import annotations

from dataclasses import dataclass

from traboule.core.permissions import Permission


@dataclass(frozen=True, slots=True)
class Verb:
    """One thing the system can do. ``place`` is ``module:function``.

    ``changes``: it writes, and leaves an entry in the ledger. ``stored``: it needs the database. ``engine``: a
    computation that reads, on the actor's behalf, what the actor may not, and returns counts, codes and words alone.
    """

    permission: Permission
    place: str
    changes: bool = True
    stored: bool = True
    engine: bool = False


VERBS: dict[str, Verb] = {
    # Operation.
    "operation.open": Verb(Permission.OPEN_OPERATION, "traboule.app.handlers.opening:open_operation"),
    "operation.show": Verb(Permission.READ_FIGURES, "traboule.app.handlers.opening:show", changes=False, engine=True),
    # Returns.
    "return.template": Verb(Permission.PREPARE_RETURN, "traboule.app.handlers.filing:template", changes=False),
    "return.check": Verb(Permission.PREPARE_RETURN, "traboule.app.handlers.filing:check", changes=False),
    "return.read": Verb(
        Permission.PREPARE_RETURN, "traboule.app.handlers.filing:read_all", changes=False, stored=False
    ),
    "return.cover": Verb(Permission.PREPARE_RETURN, "traboule.app.handlers.filing:cover", changes=False),
    "return.preview": Verb(Permission.FILE_RETURN, "traboule.app.handlers.filing:preview", changes=False),
    "return.receive": Verb(Permission.FILE_RETURN, "traboule.app.handlers.filing:receive"),
    "return.withdraw": Verb(Permission.FILE_RETURN, "traboule.app.handlers.filing:withdraw"),
    # Linkage.
    "stop.add": Verb(Permission.STOP_IDENTIFIERS, "traboule.app.handlers.linking.stopping:add"),
    "stop.undo": Verb(Permission.STOP_IDENTIFIERS, "traboule.app.handlers.linking.stopping:undo"),
    "stop.list": Verb(
        Permission.EXPLAIN_FIGURES, "traboule.app.handlers.linking.stopping:list_stops", changes=False, engine=True
    ),
    "link": Verb(Permission.LINK, "traboule.app.handlers.linking.finding:link", engine=True),
    "judge.queue": Verb(Permission.JUDGE, "traboule.app.handlers.linking.queue:queue", changes=False, engine=True),
    "judge.explain": Verb(
        Permission.JUDGE, "traboule.app.handlers.linking.explaining:explain", changes=False, engine=True
    ),
    "judge.built": Verb(Permission.JUDGE, "traboule.app.handlers.linking.building:built", changes=False),
    "judge.left-out": Verb(Permission.JUDGE, "traboule.app.handlers.linking.leaving_out:left_out", changes=False),
    "judge.decide": Verb(Permission.JUDGE, "traboule.app.handlers.linking.judging:decide"),
    "judge.undo": Verb(Permission.JUDGE, "traboule.app.handlers.linking.judging:undo"),
    # Figures.
    "figures.compute": Verb(Permission.COMPUTE_FIGURES, "traboule.app.handlers.counting:compute", engine=True),
    "figures.explain": Verb(
        Permission.EXPLAIN_FIGURES, "traboule.app.handlers.counting:explain", changes=False, engine=True
    ),
    "figures.compare": Verb(
        Permission.EXPLAIN_FIGURES, "traboule.app.handlers.counting:compare", changes=False, engine=True
    ),
    "figures.unseen": Verb(
        Permission.COMPUTE_FIGURES, "traboule.app.handlers.counting:unseen", changes=False, engine=True
    ),
    # Release.
    "release.draft": Verb(Permission.RELEASE, "traboule.app.handlers.releasing:draft", engine=True),
    "release.revise": Verb(Permission.RELEASE, "traboule.app.handlers.releasing:revise", engine=True),
    "release.finalise": Verb(Permission.RELEASE, "traboule.app.handlers.releasing:finalise", engine=True),
    "release.embargo": Verb(Permission.RELEASE, "traboule.app.handlers.releasing:embargo"),
    "release.verdict": Verb(Permission.RELEASE, "traboule.app.handlers.releasing:verdict", engine=True),
    "release.proof": Verb(Permission.SIGN_RELEASE, "traboule.app.handlers.releasing:proof", changes=False),
    "release.sign": Verb(Permission.SIGN_RELEASE, "traboule.app.handlers.releasing:sign"),
    "release.issue": Verb(Permission.RELEASE, "traboule.app.handlers.releasing:issue", engine=True),
    "release.withdraw": Verb(Permission.RELEASE, "traboule.app.handlers.releasing:withdraw"),
    "release.show": Verb(Permission.READ_FIGURES, "traboule.app.handlers.releasing:show", changes=False),
    "release.rebuild": Verb(Permission.READ_FIGURES, "traboule.app.handlers.releasing:rebuild", changes=False),
    "release.recount": Verb(
        Permission.EXPLAIN_FIGURES, "traboule.app.handlers.counting:recount", changes=False, engine=True
    ),
    # Research.
    "research.export": Verb(Permission.EXPORT_RESEARCH, "traboule.app.handlers.researching:export"),
    # Other people's texts.
    "text.check": Verb(Permission.CHECK_TEXT, "traboule.app.handlers.texts:check", changes=False, stored=False),
    # What has been published.
    "public-record.rows": Verb(Permission.CHECK_TEXT, "traboule.app.handlers.texts:rows", changes=False, stored=False),
    "public-record.compare": Verb(
        Permission.CHECK_TEXT, "traboule.app.handlers.texts:compare", changes=False, stored=False
    ),
    # The database.
    "database.status": Verb(Permission.KEEP_DATABASE, "traboule.app.handlers.keeping:status", changes=False),
}
