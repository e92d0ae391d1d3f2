"""Words used everywhere: codes, dates, missing values, identifiers, permissions, findings and errors.

In: what somebody typed. Out: a code, a date, a missing value, a sentence in four languages.
Guaranteed: imports nothing of ours, knows no database, guesses nothing: a spelling that fits twice fits nothing.
"""
