"""Engines that compute whole tables: Arrow tables and named SQL steps in, Arrow tables out.

Guaranteed: the same steps give the same tables on every engine and in every run. An engine stores nothing, reads
nothing but the tables registered with it, and knows nothing of people, operations or figures.
"""
