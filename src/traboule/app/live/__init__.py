"""Link and count as returns arrive: one process keeps the index and the count of every open operation in memory.

What it keeps is computed from the database alone, so that a process which dies loses nothing.
"""
