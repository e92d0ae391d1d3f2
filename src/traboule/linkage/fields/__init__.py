"""The fields of a person record as they are compared: births as numbers, identifiers as shared values.

In: columns of the register. Out: arrays, one place a record. Promise: pure; what cannot be read is
missing, never an error.
"""
