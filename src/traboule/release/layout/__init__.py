"""Communiqués laid out for reading: the arrangement that every format shares, and the PDF.

Comes in: a :class:`Communique`. Goes out: an arrangement as plain data, then bytes. Promises: a layout moves blocks of
one section beside each other and into columns; it changes no text and leaves none out.
"""
