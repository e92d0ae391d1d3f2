"""Pictures of a release as SVG drawings: shares of its figures, a map of a table.

In: a statement and a wording. Out: one drawing for every document, and its text alternative. Guaranteed: every number
or class shown stands in a table too; nothing is fetched, nothing depends on a machine's fonts; no two meanings differ
by colour alone.
"""
