"""Linkage as steps of an engine, for what no longer fits one machine: pairs that share a key, weighed under a model.

In: person records, keys and a model as tables. Out: steps in SQL that any engine of the port runs. Promise: pure; the
same pairs and, within 1e-4 bits, the same weights as the arrays give.
"""
