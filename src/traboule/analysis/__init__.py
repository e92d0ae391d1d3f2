"""What the links show: networks, routes, convergence. Reserved: nothing is built yet; a later issue builds it.

Will come in: resolved records and links. Will go out: groups, corridors and shared facilitators, each with a
measure of chance.
"""
