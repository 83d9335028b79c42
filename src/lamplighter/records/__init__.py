"""What did an agency send us?

The schema of a report as received, and the one door by which it enters.

- ``schema``: the five tables of a report, declared once
- ``errors``: what reading a file may raise
- ``ingest``: the one door: files of any mapped source, forms and documents, to validated bundles
- ``canonical``: canonical forms of what identifies people
- ``transforms``: what mappings compose
- ``validation``: limits, checks and problems
- ``mapping``: what the columns of a source system mean
- ``formats``, ``workbook``: how files are written
- ``reading``: from files, forms and documents to bundles
- ``propose``: a mapping proposed from a sample
- ``dictionary``: the data dictionary, generated
"""
