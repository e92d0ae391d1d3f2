"""Score what the analysis reports against what the generator planted.

In: what the verb ``findings.show`` tells an officer; the generator's truth. Out: precision and recall of each kind of
finding. Guaranteed: the truth is read here alone, and only to score.
"""
