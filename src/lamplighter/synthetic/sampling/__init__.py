"""From which shares is anything drawn, and how, so that the same seed gives the same world?

- ``config``: the settings of a made-up world, each with where its number comes from
- ``draws``: random draws for one part of the world, each from its own named stream
- ``columns``: from Python lists and number arrays to Polars columns
"""
