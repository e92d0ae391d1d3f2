"""Oracles: second, independent computations of results, which tests compare with the programs' own."""
