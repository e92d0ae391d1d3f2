"""Declare what may be decided of a pair: statuses, tiers of evidence, and the probabilities that separate them."""

from __future__ import annotations

from traboule.linkage.verdicts import LinkVerdict

AUTOMATIC, OPEN, REJECTED = "automatic", "open", "rejected"
JUDGED_MATCH, JUDGED_NO_MATCH = "judged_match", "judged_no_match"
STATUSES = (AUTOMATIC, OPEN, REJECTED, JUDGED_MATCH, JUDGED_NO_MATCH)
CODE = {status: code for code, status in enumerate(STATUSES)}  # The integer of each status in arrays.
STATUS_OF_VERDICT = {LinkVerdict.MATCH: JUDGED_MATCH, LinkVerdict.NO_MATCH: JUDGED_NO_MATCH, LinkVerdict.UNSURE: OPEN}
TIERS = ("weak", "medium", "strong")
# Groups of shared values that are strong or medium evidence.
STRONG_GROUPS = ("documents", "devices", "ibans", "vins")
MEDIUM_GROUPS = ("phones", "plates", "online")
TIER_GROUPS = (*STRONG_GROUPS, *MEDIUM_GROUPS, "accounts")
# Links whose records are shown side by side: those to be judged, and those judged.
SIDE_BY_SIDE = (OPEN, JUDGED_MATCH, JUDGED_NO_MATCH)
LINKED_FROM = 0.95  # Probability from which a link may be automatic.
SHOWN_FROM = 0.02  # Probability from which a pair is worth a person's time.
# Below this probability, even all rejected pairs together hold almost no matches; they are not stored.
STORED_FROM = 0.001
