"""What the links show: networks, routes, convergence. A room kept free for its own issue; nothing is built here yet.

Will come in: resolved records and links. Will go out: groups, corridors and shared facilitators, each with a
measure of chance.
"""
