"""Kinds of tables that the linkage was not written for: other holders, other columns, other noise.

Run ``python -m benchmarks.kinds --help``.
"""
