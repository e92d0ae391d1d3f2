"""Stage 0, what this operation is: its window, who takes part, the figures asked for, and what may be
released.

Comes in: an operation file (YAML) written at the desk. Goes out: an
:class:`~traboule.operation.operation.Operation`. Promises: all faults of a file at once, each with key
and line; an opened operation never changes.
"""
