"""Benchmarks: each runs this software and its peers on the same work, in one run, and prints ratios.

``make bench`` runs the set and writes ``docs/reference/benchmarks.md``. Each module is also a program of its own:
``python -m bench.linkage --size 100000 --peers splink --json``. Every engine runs in a process of its own, so that its
time and peak memory are its own.
"""
