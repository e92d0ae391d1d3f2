"""Read files as raw returns: scan them, parse them in a disposable child process, detect tables by their headers.

In: the bytes of a workbook, a zip of delimited files or a JSON file, from anybody. Out: a RawReturn, with findings
about the file's structure. Guaranteed: a hostile file is refused in words and costs its child at most, never the
caller.
"""
