"""Figures: numbers fit to be said aloud, over resolved people and arrests.

In: the register's current rows, the linkage's clusters and open links, and the operation's window and participants.
Out: a FigureSet: each figure with its value, its range, its breakdowns and the very records whose count it is.
Promised: parts never exceed wholes, the drill-down is the figure, arrival order changes nothing, undo is exact.
"""
