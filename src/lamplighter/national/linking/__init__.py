"""Which persons of two forces are one?

- ``country_model``: one model for the country, and the priors within a force and across forces
- ``unseen``: how many true links nothing proposed
- ``within_forces``: stage A, each force by itself
- ``profiles``, ``proposals``, ``across_forces``: stage B, persons of two forces, by an engine's three verbs
- ``recording``: how forces record, and how their pairs are weighed by it
- ``border_reports``: stage C, reports of two forces in which two may be one person
- ``standing_borders``: what an earlier run judged there that still stands
- ``index``: persons of all forces by number, and the records that a stage needs
- ``priors``: how much commoner matches are between two forces, and by part
- ``consolidation``: persons of the country, under constraints and decisions; giants are capped
"""
