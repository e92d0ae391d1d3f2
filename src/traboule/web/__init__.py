"""The situation room: the same verbs as screens. A room kept free for its own issue; nothing is built here yet."""
