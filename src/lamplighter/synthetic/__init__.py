"""What does a world look like whose truth we know: lives, stalking, quarrels, and how agencies record them?

``worlds.world.generate`` makes a world in memory, ``worlds.stream.write`` any size to Parquet,
``exports.write`` the world as three agencies would hand it over. Knows nothing of how linkage or courses
work.

- ``sampling``: settings and random draws
- ``people``: who lives where, and how they can be reached
- ``courses``: who truly does what to whom
- ``reports``: what agencies record of it
- ``worlds``: all of it as frames, beside the truth
- ``countries``: many forces of unequal size, and who of their people crosses a border
- ``exports``: the files of three agencies
- ``study_bundles``: what a force would send for a study
- ``demo``: the small world of the demonstration, with one story placed by hand
"""
