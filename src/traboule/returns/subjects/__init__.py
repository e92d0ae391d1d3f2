"""Whom a row is of: the names of records, and the key under which each person's rows are sealed."""
