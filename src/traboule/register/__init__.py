"""The register: accepted rows in all their versions, with provenance to file, sheet and row.

In: checked returns. Out: the rows in force at any instant, as Arrow tables; personal fields only through ``personal``.
Guaranteed: nothing is changed or deleted; only the filing state corrects and withdraws; the order in which files arrive
changes nothing.
"""
