"""Handlers about links: find them, queue them, judge them, explain them, list what linkage left out.

In: an operation, or two of its records. Out: counts, codes and words, never a value of a record. Guaranteed: the model
of an operation stays the same from run to run, so a judgement changes only the records it concerns.
"""
