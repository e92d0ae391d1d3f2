"""Stage 0, the operation: its window, its participants, the figures asked for, and what may be released.

In: an operation file (YAML) written at the desk. Out: an :class:`~traboule.operation.operation.Operation`. Guaranteed:
all faults of a file at once, each with key and line; an opened operation never changes.
"""
