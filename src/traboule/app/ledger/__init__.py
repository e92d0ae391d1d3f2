"""The ledger: one entry for each deed, written in the deed's own transaction.

Comes in: verb, actor, instant, result. Goes out: entries in order. Promises: an entry holds no personal data, and
is kept or lost together with what it speaks of. Proofs over the entries come with their own issue.
"""
