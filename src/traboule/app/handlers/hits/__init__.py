"""Handlers about hits between units: ``desk`` for who verifies and passes on, ``owner`` for who is asked.

In: an operation, a handle. Out: hits as the reader may see them. Guaranteed: a unit is shown what the desk notified it
of and nothing else; what touches a protected person is the protection officer's alone.
"""
