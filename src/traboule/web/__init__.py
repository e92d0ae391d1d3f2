"""The situation room: the same verbs as screens, in a browser.

In: requests of people who are signed in. Out: pages, tables, files, a live stream. Guaranteed: everything is read and
written through the verbs of :mod:`traboule.app`; a route that ``routes.py`` does not list does not exist, and each
names the verbs it may perform.
"""
