"""How sure a figure is: the open links drawn hundreds of times by their probabilities, and counted every time.

In: a resolved case. Out: for each figure of persons or arrests the range that holds it nine times in ten.
Promised: the same inputs give the same bytes; what was judged no match is never joined; no row is touched that no open
link can move.
"""
