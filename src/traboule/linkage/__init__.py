"""Link records that speak of the same person.

Input: the register's people, identities and identifiers, a model (or none, to learn one) and the desk's judgements.
Output: links with their evidence, and a cluster for every record. No link rests on a name alone or on a stopped
identifier. Every link can be explained and undone. The same inputs in any order give the same result.
"""
