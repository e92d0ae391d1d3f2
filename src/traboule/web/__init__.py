"""The situation room: the same verbs as screens. Reserved: nothing is built yet; a later issue builds it."""
