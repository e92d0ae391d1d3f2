"""What was filed: the world as national desks saw and typed it, with their mistakes, delays and corrections.

In: a world. Out: the rows of returns and the truth behind each. Guaranteed: pure; the world is read and never changed.
"""
