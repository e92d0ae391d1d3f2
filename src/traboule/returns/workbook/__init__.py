"""Write the workbook that a state fills in, in its language.

In: the form, an operation, a state, a language, and rows to fill in beforehand. Out: the bytes of an XLSX file.
Guaranteed: the same input gives the same bytes; every label, list entry and key in it is read back as what it stands
for.
"""

from traboule.returns.workbook.template import template

__all__ = ["template"]
