"""How many nobody filed: the overlap of the filing lists, and what log-linear models make of it.

In: a resolved case, or the counts of an overlap. Out: the table itself, and an estimate with its interval and warnings.
Promised: never a figure, never in a headline; the table is kept though the estimate may be refused.
"""
