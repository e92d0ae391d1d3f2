"""Linkage: which records speak of the same person.

In: the register's people, identities and identifiers, a model or the wish to learn one, and the judgements of persons
at the desk. Out: links with their evidence, and a cluster for every record. Promise: no link on a name alone, none on
what is stopped; every link explained and undoable; the same inputs in any order give the same result.
"""
