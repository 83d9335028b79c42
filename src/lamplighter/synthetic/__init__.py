"""A made-up world whose truth we know: lives, stalking, quarrels, and how agencies record them.

``world.generate`` makes a world in memory, ``stream.write`` any size to Parquet, ``exports.write`` the
world as three agencies would hand it over, ``demo.bundle`` the small world of the demonstration. Knows
nothing of how linkage or courses work.
"""
