"""Linking as returns arrive, beside the batch: records that grow, their links and their clusters, by one writer.

In: returns, judgements, and where there is one, the result of a batch to go on from. Out: links and clusters, and what
each return changed. Promise: always those of a batch over everything that has arrived.
"""
