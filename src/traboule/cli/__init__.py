"""The command line: every verb as a command.

In: what a person types. Out: text in the person's language, or one JSON object for programs, and an exit status.
Guaranteed: no rule of the desk is written here; every command has a JSON form and an example; long work shows progress.
"""
