"""Articles as people save them: HTML, DOCX and PDF become plain text.

In come the bytes of a file from outside; out goes its text, paragraph by paragraph. Markup, scripts, navigation and
hidden parts are left out, and no two numbers are glued together that the page keeps apart.
"""
