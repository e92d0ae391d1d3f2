"""The register: accepted rows in all their versions, with provenance to file, sheet and row.

Comes in: checked returns. Goes out: the rows in force at any instant, as Arrow tables, personal fields by one door.
Promises: nothing is changed or deleted; the filing state alone corrects and withdraws; files in any
order give the same.
"""
