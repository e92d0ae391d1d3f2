"""How results stand on a terminal: what of them is chosen, in which words, and so that names can be copied.

Comes in: plain values of a verb. Goes out: text of a session's console. Promises: an identifier is never cut short or
broken over lines by us; what is left out is counted.
"""
