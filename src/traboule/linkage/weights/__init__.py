"""Declare the comparisons, and the model that weighs their levels.

Every level of every comparison has its m and u, or the model is refused. SQL and arrays compute the same levels.
"""
