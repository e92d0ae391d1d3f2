"""A text read: the first half of the check.

In: a text and the fact sheets' names. Out: tokens, numbers, dates, countries, operations, and what is said of each
number. Guaranteed: every place leads back to the original text; no word of any language stands in the code.
"""
