"""One's own account, and who read one's own records."""
