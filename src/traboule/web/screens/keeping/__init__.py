"""Keeping: people and their accounts, the ledger, the operation."""
