"""The steps of the check: one module for each kind of fault, from the single cell to the whole return.

In: a return as read, the form, the operation. Out: rows with typed values, and findings. Guaranteed: pure; all faults
at once; the findings of a row do not depend on its place in its sheet.
"""
