"""Languages: which there are and how each is written, the message catalogues, numbers and spellings.

In: ``locale/`` and the YAML catalogues of the rooms. Out: sentences, numbers and names as a reader of one language
expects them. Guaranteed: pure; no sentence for people is written in code.
"""
