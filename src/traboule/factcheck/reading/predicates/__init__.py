"""What is said of what a number counts.

Comes in: a reading, and phrases with their nouns. Goes out: their verbs, the theme they are for, and whether something
else is told of them. Promises: to stay within the clause; what is not said is not guessed.
"""
