"""Where whole tables are computed: arrow tables and named SQL steps go in, arrow tables come out.

The same steps give the same tables on every engine and on every run; an engine keeps nothing, reaches nothing outside
the tables handed to it, and knows nothing of people, operations or figures.
"""
