"""Express linkage as SQL steps, for data that no longer fits one machine.

Input: person records, keys and a model as tables. Output: steps that any engine of the port runs, with the same pairs
as the keys give and the same weights as the arrays, to 1e-4 bits.

Reserved: no verb reaches this package yet; see ``docs/how-to/run-linkage-on-a-cluster.md``. Kept because a later issue
unifies the executors (arrays, DuckDB, Spark).
"""
