"""What does a record say, in the form in which it is compared?

- ``names``, ``phonetic_codes``, ``titles``: names as keys with their short forms, how they sound, and titles
- ``recorded_values``: dwellings, postcodes and registration marks by their parts
- ``encoded_columns``: each distinct text once, and a code for every record
- ``feature_columns``, ``record_features``: the columns of person records, and all of them (:func:`prepare`)
- ``row_pairs``: pairs of records as rows of coded columns
- ``similarity_bounds``: what rules out that two texts are alike, for less than comparing their letters
- ``compact_records``, ``compact_frames``: one record, or every record of a frame, as one short text
"""
