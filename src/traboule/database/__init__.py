"""The one PostgreSQL: embedded by default, a server by URL, the same row security in both.

Comes in: a directory or a URL, and who acts. Goes out: addresses to connect with, a transaction that knows its actor,
tables as Arrow, rows in bulk. Promises: no network listener of our own; the application's role can neither bypass row
security nor change the schema; psycopg and ADBC are spoken here and nowhere else.
"""
