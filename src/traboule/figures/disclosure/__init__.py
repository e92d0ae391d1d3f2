"""Disclosure control: protect cells against a reader of all releases of an operation (rules 22 to 24).

In: a release as cells and relations, all earlier releases as published, the operation's policy. Out: for each cell its
published value, a rounded number or the suppression symbol; or a refusal that names the cells to coarsen. Guaranteed:
an attacker who reads all releases, tables and rules recovers no protected cell by linear or integer reasoning.
"""
