"""Compare packed names in compiled code: the grade of two tokens, the level of two names.

Results are symmetric and depend only on the two tokens or names. The code holds no lock and does not need the
interpreter.
"""
