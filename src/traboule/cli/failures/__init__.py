"""What goes wrong around a command: the machine it runs on, and the terminal that shows it.

Comes in: errors of the operating system, streams of another character set. Goes out: sentences. Promises: nobody who
uses the command line meets a traceback for a full disk, a closed folder or an old terminal.
"""
