"""Measurements, each printing a ratio or a comparison to a named peer measured in the same run."""
