"""The ledger: one entry for each verb that changes something or shows a person's record, in a Merkle tree.

In: verb, actor, instant, result, and the hashes of what the verb wrote. Out: entries in order, signed checkpoints, and
proofs. Guaranteed: an entry holds no personal data and is committed with the change it records or not at all; entries
have no gap; whoever kept an earlier checkpoint notices an altered, dropped or forked ledger. RFC 6962 and C2SP formats.
"""
