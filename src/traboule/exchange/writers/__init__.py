"""The writers, one module a format.

In: what leaves. Out: files by name, the same bytes for the same rows. Guaranteed: a writer looks nothing up, and leaves
out nothing that its declaration does not say.
"""
