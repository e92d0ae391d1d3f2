"""Commands for those who check what the desk did."""
