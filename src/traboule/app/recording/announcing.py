"""Announce that something changed, in the transaction of the verb that changed it.

In: the name of a verb. Out: nothing; whoever listens is woken once the transaction is committed, and never where it is
rolled back. Guaranteed: an announcement is one of five words. It names no unit, no person and no record, and verbs
about protected persons and hits announce nothing: that one was performed is itself not for every screen. What linkage
rests on is announced to the process that links and counts as returns arrive, and sent to no screen.
"""

from __future__ import annotations

from traboule.database.notices import announce as notices

OPERATION, RETURNS, FIGURES, SESSIONS, LINKAGE = "operation", "returns", "figures", "sessions", "linkage"

ANNOUNCED = {
    "operation.open": OPERATION,
    "return.receive": RETURNS,
    "return.withdraw": RETURNS,
    "figures.compute": FIGURES,
    "live.store": FIGURES,
    "link": LINKAGE,
    "judge.decide": LINKAGE,
    "judge.undo": LINKAGE,
    "stop.add": LINKAGE,
    "stop.undo": LINKAGE,
    "erasure.confirm": LINKAGE,
    "retention.run": LINKAGE,
    "retention.replay": LINKAGE,
    "session.end": SESSIONS,
    "session.end-others": SESSIONS,
    "account.password": SESSIONS,
    "people.end": SESSIONS,
    "people.revoke": SESSIONS,
    "people.password": SESSIONS,
    "people.sessions-end": SESSIONS,
}


def announce(verb: str) -> None:
    """Announce what ``verb`` changes, where that is announced at all."""
    if verb in ANNOUNCED:
        notices.announce(ANNOUNCED[verb])
