"""The comparison of names, compiled: packed words, how alike two of them are spelled and sound, the level of two names.

In: words as packed arrays, which may grow by one at a time, and two numbers. Out: a grade of two words, a level of two
names. Promise: symmetric; what is said of two depends on these two alone; no lock is held and no interpreter is needed.
"""
