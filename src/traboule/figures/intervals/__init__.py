"""Intervals of figures: draw the open links hundreds of times by their probabilities, and count each time.

In: a resolved case. Out: for each figure of persons or arrests an interval. Guaranteed: the same inputs give the same
bytes; a pair judged no match is never joined; no row is read that no open link can change.
"""
