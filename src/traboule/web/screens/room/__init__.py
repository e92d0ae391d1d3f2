"""The frame of the room: signing in, the overview, long work, language."""
