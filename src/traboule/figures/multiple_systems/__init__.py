"""Multiple systems estimation: estimate the persons on no list from the overlap of the filing lists.

In: a resolved case, or the counts of an overlap. Out: the table itself, and an estimate with its interval and warnings.
Guaranteed: never a figure, never in a headline; the overlap table is stored even where the estimate is refused.
"""
