"""Communiqués laid out for reading: the arrangement that every format shares, and the PDF.

In: a :class:`Communique`. Out: an arrangement as plain data, then bytes. Guaranteed: a layout moves blocks of one
section beside each other and into columns; it changes no text and leaves none out.
"""
