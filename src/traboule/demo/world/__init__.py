"""What really happened: states, actions, persons and their identifiers.

In: a seed, a scale, an operation. Out: frozen arrays. Guaranteed: the same arguments, the same arrays.
"""
