"""Hits between units: each link of records of two units, from the desk's verification to the contact that is passed on.

In: links of a run, and what people sign. Out: how each hit stands, on whom it waits and since when; what each unit is
shown. Guaranteed: a unit is shown nothing of a hit because it filed. The desk asks one owner; the other unit is shown
nothing before the desk has passed on the contact that this owner released, and then a contact, never a record.
"""
