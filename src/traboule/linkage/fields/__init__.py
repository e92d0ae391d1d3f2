"""Prepare the fields of person records for comparison: births as numbers, identifiers as shared values.

Input: columns of the register. Output: arrays with one place per record. Unreadable values count as missing.
"""
