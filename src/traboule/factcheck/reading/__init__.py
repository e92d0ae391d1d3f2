"""The claims check, first half: a text read.

Comes in: a text and the fact sheets' names. Goes out: tokens, numbers, dates, countries, operations, and what is said
of each number. Promises: every place leads back to the original text; no word of any language stands in the code.
"""
