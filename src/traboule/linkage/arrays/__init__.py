"""Provide what linkage's array code builds on: compiled loops, encoded texts, fingerprints and growing arrays.

Nothing here knows what a name or a person is.
"""
