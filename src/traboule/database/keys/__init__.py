"""Keys that the database never holds: the files they lie in, and what is derived from them.

In: a folder of files that only their owner may read. Out: passwords of roles, and keys that sign contexts, seal what
was opened and hash what could be guessed. Guaranteed: each purpose has a key of its own, so that the one which the
database checks contexts against is of no use for any other.
"""
