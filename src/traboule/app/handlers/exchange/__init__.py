"""The verbs of exchange: export, list what was exported, and check a copy of it."""
