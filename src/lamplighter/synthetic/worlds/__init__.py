"""What do agencies hold in the end, and what is really so?

- ``cell``: one part of the world from start to end
- ``code_words``: code words of a person row, and the helpline's headings
- ``canonical_frames``, ``person_frames``: a part as the canonical tables
- ``truth``, ``truth_frames``: what is really so, apart from what was recorded, and its frames for one part
- ``world``: a whole world in memory
- ``stream``: a world of any size to Parquet, one part at a time
"""
