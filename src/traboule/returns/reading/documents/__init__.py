"""Extract plain text from saved articles: HTML, DOCX and PDF.

In: the bytes of a file from outside. Out: its text, paragraph by paragraph. Guaranteed: markup, scripts, navigation and
hidden parts are left out; two numbers that the page separates are never joined.
"""
