"""Compare names across scripts, from the fields as filed to tokens, phonetic keys and a level of similarity from 0 to
6.

Comparison is symmetric and ignores the order of the names. No text makes it raise. A name alone never links two records
(rule 11).
"""
