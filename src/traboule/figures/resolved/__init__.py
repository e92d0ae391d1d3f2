"""Count facts inside the window by resolved persons, under three partitions of the open links.

In: Arrow tables of the register and the linkage. Out: integer arrays, group by group, and no text but names of records.
Guaranteed: whole arrays at a time, no pair of rows compared in a loop, nothing here knows Django or a database.
"""
