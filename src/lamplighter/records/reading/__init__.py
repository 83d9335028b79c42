"""How do files, forms and documents become validated bundles?

- ``recognise``, ``mapping_fit``: which files belong to which source, by how well a mapping fits
- ``extract``: the files of one extract, their rows parted by report, and their joins
- ``spool``: rows parted by a key, in memory or on disk
- ``bundles``: our own bundle from files
- ``documents``, ``plain_rows``: reports in our own nested form, and one report without frames
- ``typed_texts``: text to the kinds of the schema
- ``digests``: what a report says, so that the same again can be told from corrected
- ``repeats``: reports that more than one source of a run holds
- ``batches``: what reading gives back: tables, rejects and counts that balance
"""
