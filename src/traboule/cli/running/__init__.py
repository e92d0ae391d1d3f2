"""Commands that run a whole: the demo, and the situation room."""
