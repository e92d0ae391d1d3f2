"""A return: one agency's file, from the template it fills in to the receipt.

In: the bytes of a workbook, of delimited files or of JSON, and who files them. Out: checked rows with every fault, the
file back with its faults marked, and a receipt. Guaranteed: filed = entered + held + refused; a faulty row is held and
never corrected; nothing of a return is stored unless everything is; a hostile file costs a child process at most.
"""
