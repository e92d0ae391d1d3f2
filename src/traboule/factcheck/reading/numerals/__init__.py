"""Numbers and dates of a text.

Comes in: tokens with their tags. Goes out: every number (in digits or words) with its hedge and kind, every date and
window. Promises: a number is read once, a day of a date is no count; what a number counts is not decided here.
"""
