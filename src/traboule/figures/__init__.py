"""Figures: numbers fit for publication, over resolved people and arrests.

In: the register's current rows, the linkage's clusters and open links, and the operation's window and participants.
Out: a FigureSet: each figure with its value, its ranges, its breakdowns and the records that it counts. Guaranteed:
parts never exceed totals, the drill-down equals the figure, the order of arrival changes nothing, undo is exact.
"""
