"""Counts kept and carried on: what each cluster adds, so that one more return changes a figure by what it brings.

In: inputs once, then what changed. Out: the figures, each time as if everything had been counted anew.
Promised: to the last bit the same as a count of the whole, because both are the same sums of the same parts.
"""
