"""The matcher: packed records, an index of keys and compiled comparisons; for a batch and for one return at a time.

In: person records and a model. Out: the pairs that may be one person, their levels and their bits. Promise: whatever
goes in at once or bit by bit, in whatever order, the same pairs and the same weights come out; each array holds numbers
and hashes, never a text of a person; what was skipped is counted.
"""
