"""The ledger: one entry for each verb that changes something, written in the verb's own transaction.

In: verb, actor, instant, result. Out: entries in order. Guaranteed: an entry holds no personal data, and is committed
with the change it records or not at all.
"""
