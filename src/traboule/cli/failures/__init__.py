"""Failures around a command: of the machine, and of the terminal.

In: errors of the operating system, streams with a limited character set. Out: sentences. Guaranteed: a full disk, a
closed folder or an old terminal gives no traceback.
"""
