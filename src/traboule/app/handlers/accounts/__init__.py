"""Handlers about accounts: signing in and out, one's own account, and keeping people.

Guaranteed: no password, code, secret or token is in the JSON form of a result, and so none is in the ledger's hash.
"""
