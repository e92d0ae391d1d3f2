"""Numbers and dates of a text.

In: tokens with their tags. Out: every number (in digits or words) with its hedge and kind, every date and window.
Guaranteed: a number is read once; a day of a date is no count. What a number counts is not decided here.
"""
