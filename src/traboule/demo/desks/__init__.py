"""What was filed: the same world as national desks saw it, typed it, got it wrong, sent it late and put it right.

In: a world. Out: the rows of returns and the truth behind each. Promise: pure; the world is read and never changed.
"""
