"""How many nobody filed: the overlap of the filing lists, and what log-linear models make of it.

In: a resolved case, or the counts of an overlap. Out: the table itself, and an estimate with its interval and warnings.
Guaranteed: never a figure, never in a headline; the overlap table is stored even where the estimate is refused.
"""
