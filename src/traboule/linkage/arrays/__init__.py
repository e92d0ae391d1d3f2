"""What all array code of linkage stands on: how loops are compiled, texts as numbers, arrays that grow.

In: functions, texts, rows. Out: machine code, marks of sixty-four bits, arrays. Promise: nothing here knows what a name
or a person is.
"""
