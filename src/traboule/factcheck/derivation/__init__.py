"""Numbers that follow from published ones: changes, rates, remainders, sums and shares.

In: phrases with what their sentence's other numbers are. Out: the figure a number follows from, with the value that the
published numbers give.
"""
