"""The PostgreSQL database: embedded by default, a server by URL, the same row security in both.

In: a directory or a URL, and the actor. Out: addresses, a transaction that knows its actor, tables as Arrow, rows in
bulk. Guaranteed: no network listener of our own; the application's role can neither bypass row security nor change the
schema; only this room imports psycopg and ADBC.
"""
