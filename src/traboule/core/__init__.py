"""Words used everywhere: codes, dates, missing values, identifiers, permissions, findings and errors.

Comes in: what somebody typed. Goes out: a code, a date, a missing value, a sentence in four languages.
Promises: imports nothing of ours, knows no database, guesses nothing: a spelling that fits twice fits nothing.
"""
