"""Read workbooks other than XLSX: OpenDocument, and the binary format of Excel 97.

In: the bytes of a file, scanned before anything parses it. Out: grids. Guaranteed: active, embedded, encrypted,
externally linked and oversized parts are refused as in an XLSX file.
"""
