"""Figures as named queries: each definition compiled to SQL for an engine, over tables resolved beforehand.

In: definitions and a case. Out: steps for the engine port, and the counts that an engine makes of them.
Promised: arrays stay the fast way; this second way shares no counting with them and keeps them honest.
"""
