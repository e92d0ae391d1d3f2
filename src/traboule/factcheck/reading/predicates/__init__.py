"""What is said of what a number counts.

In: a reading, and phrases with their nouns. Out: their verbs, the theme they are for, and whether something else is
said of them. Guaranteed: the search stays in the clause; what is not said is not guessed.
"""
