"""The whole, wired.

Comes in: who acts, a verb, its arguments. Goes out: the verb's result. Promises: ``verbs.py`` lists everything the
system can do; ``dispatch.py`` is the only way in, and the only place where a transaction begins and ends.
"""
