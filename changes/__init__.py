"""One note a change, named ``<issue>-<subject>.md``, and the program that gathers them into the changelog."""
