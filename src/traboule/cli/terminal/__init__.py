"""What a terminal shows while a command works, and what it remembers from one command to the next."""
