"""What linkage keeps: the form of links and clusters, and the runs in the database.

In: what a run found. Out: the latest run and its links. Promise: light to load; nothing here compares records, so
whoever only counts or judges never loads the matcher.
"""
