"""Deeds about links: finding them, the queue, judging, and why two records are linked or what was left out.

Comes in: an operation, or two of its records. Goes out: counts, codes and words, never a value of a record. Promises:
the model of an operation stays the same from run to run, so that a judgement moves what it concerns and nothing else.
"""
