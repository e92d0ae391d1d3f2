"""Workbooks of other programs and other years than XLSX: OpenDocument, and the binary one of Excel 97.

In: the bytes of a file, looked at before anything parses it. Out: grids. Promise: what is active, embedded, encrypted
or linked outside is refused as in an XLSX file, and what is larger than may be as well.
"""
