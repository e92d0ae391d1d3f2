"""Link records as returns arrive: one writer keeps records, links and clusters up to date.

Input: returns, judgements and, if there is one, the result of a batch to continue from. Output: links and clusters, and
what each return changed. They always equal those of a batch over everything that has arrived.
"""
