"""What the links show: networks, groups, convergence, recurrence and routes, each with a measure of chance.

In: the register's tables, identifiers and clusters, cut to what one reader may see. Out: tables of groups, of crimes
that share more than chance explains, of what recurs, and of corridors. Guaranteed: pure; everything is computed from
the reader's tables alone; no value of an identifier leaves this room, and the name of its first row stands for it.
"""
