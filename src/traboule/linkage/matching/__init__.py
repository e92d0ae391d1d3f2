"""Find and weigh the pairs that may be one person: packed records, blocking keys and compiled comparisons.

A batch and live matching give the same pairs and weights, whatever the order in which records arrive. The arrays hold
numbers and fingerprints, never a person's texts. Skipped records are counted.
"""
