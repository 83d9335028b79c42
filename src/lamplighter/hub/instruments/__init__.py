"""Answering an instrument on a case, and the licences that the hub holds: see ``lamplighter.instruments``.

``selectors.submitted`` is what other contexts read.
"""
