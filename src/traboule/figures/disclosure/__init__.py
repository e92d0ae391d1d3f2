"""Disclosure: what of the figures may be said, given everything that was said before (rules 22 to 24).

In: one release as one object of cells with their structure, all earlier releases as published, the operation's policy.
Out: for each cell what is shown, a rounded number or the one symbol; or a refusal that names the cells to coarsen.
Promised: an attacker with all releases, tables and rules, by linear or integer reasoning, recovers no protected cell.
"""
