"""The key under which the rows of each person are sealed, and its end."""
