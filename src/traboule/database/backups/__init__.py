"""Backups: a database into one file, its keys into another, and both back again."""
