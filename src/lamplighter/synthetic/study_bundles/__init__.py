"""What would a force send for a study of its own reports, when the right answers are known?

- ``scenarios``: what is true in each, as settings
- ``outcome_model``: chances by factors, days by outcome, and what follows exactly
- ``cohort``: who, about whom, when, with which factors, and what became of each report
- ``events``, ``process_events``: what was done about each report, as dated events
- ``tables``: a cohort as the tables of a study bundle
- ``flat_spreadsheet``: the same as one spreadsheet, with its mapping
- ``truth``: incidences, effects, indicators
- ``bundle``: all of it on disk, the truth in a folder of its own
"""
