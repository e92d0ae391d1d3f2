"""Store linkage runs: the form of links and clusters, and the runs in the database.

Nothing here compares records, so code that only counts or judges never loads the matcher.
"""
