"""What happened: states, actions, persons and their identifiers, as somebody would know it who knew everything.

In: a seed, a scale, an operation. Out: frozen arrays. Guaranteed: the same arguments, the same arrays.
"""
