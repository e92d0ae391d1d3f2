"""What the ledger records of a verb: which tables are anchored, and the entry written in the verb's transaction."""
