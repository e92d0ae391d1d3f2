"""The command line: the same verbs as everywhere, as commands.

Comes in: what a person types. Goes out: text for people in their language, or one JSON object for programs, and an
exit status. Promises: no rule of the desk lives here; every command has a JSON form and an example; long work shows
progress.
"""
