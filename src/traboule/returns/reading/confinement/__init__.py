"""Confine the process that opens filed files: no network, no database socket, no file but the program's own.

In: the process itself, before it has read a byte of any file. Out: what the kernel did not allow. Guaranteed: what is
taken away cannot be had back, by the process or by its children; each layer works without privileges, and one that is
missing leaves the others in force.
"""
