"""The rows of each table of a return, for all desks at once.

In: records, desks, the world. Out: tables sorted by desk. Guaranteed: one function a table, columns drawn whole, no
loop over states; what a row states of the truth is the same whichever desk files it.
"""
