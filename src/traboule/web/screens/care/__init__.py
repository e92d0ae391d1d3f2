"""Between states: hits, contacts, and what protected persons wait for."""
