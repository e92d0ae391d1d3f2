"""How a return is checked: each file one kind of fault, from the single cell to the return as a whole.

In: a return as read, the form, the operation. Out: rows with typed values, and findings.
Promise: pure, all faults at once, the same findings for a row wherever it stands in its sheet.
"""
