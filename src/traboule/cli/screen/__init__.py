"""Format results for a terminal: choose what is shown, in words, so that names can be copied.

In: plain values of a verb. Out: text on a session's console. Guaranteed: an identifier is never cut or wrapped; what is
left out is counted.
"""
