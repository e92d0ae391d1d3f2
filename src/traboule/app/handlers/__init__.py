"""Handlers: what each verb does, put together from the stages, one module for each subject.

In: a :class:`traboule.app.dispatch.Call` and the verb's arguments. Out: a result with a JSON form. Guaranteed: a
handler opens no transaction, reads no clock and checks no permission; :mod:`traboule.app.dispatch` does all three.
"""
