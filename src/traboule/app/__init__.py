"""The whole, wired: the list of verbs, their handlers, and the one way in.

In: who acts, a verb, its arguments. Out: the verb's result. Guaranteed: ``verbs.py`` lists everything the system can
do; ``dispatch.py`` is the only way in, and the only module that opens a transaction.
"""
