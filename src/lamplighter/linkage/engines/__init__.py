"""Which engine finds the pairs across sources, weighs them, and tells what hangs together?

A national index asks an engine for three things and does the rest itself; every engine answers alike.

- ``protocol``: the three verbs, and the profiles and rules that they are given
- ``on_arrays``: arrays in memory, on threads and a pool of processes; the default
"""
