"""Incremental counts: a further return changes each figure by what its clusters add.

In: inputs once, then what changed. Out: the figures, each time equal to a complete count.
Promised: to the last bit the same as a count of the whole, because both are the same sums of the same parts.
"""
