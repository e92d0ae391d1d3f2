"""Numbers that follow from published ones: changes, rates, remainders, sums and shares.

Comes in: phrases with what their sentence's other numbers are. Goes out: the figure a number follows from, with the
value that the published numbers give.
"""
