"""A synthetic operation with known truth, seeded, at any size; and the public record of a real one as returns.

In: a seed and a scale, or published facts. Out: filings as agencies send them, and what really happened. Guaranteed:
pure except for the story that runs it; every person is invented; stages are reached only through ``app``.
"""
