"""What the walls rest on: the verified context that policies ask, and the lint that reads the catalogue.

In: a connection of the owner's or the administrator's. Out: statements, and what is wrong, as data. Guaranteed: the
one function that runs with its owner's rights is the one that checks a context.
"""
