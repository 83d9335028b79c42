"""Who is who across the police forces of a country, and who may see what of it?

Forces hand in two files each. The linker sees who people are and nothing of what was done; the analyst sees
what was done and pseudonyms, and never a name. Each module imports only those that stand before it here.

- ``errors``: what may go wrong, told without anybody's values
- ``keys``: ids under keys of a role, a purpose and a release
- ``stages``: outputs under the hash of what went into them
- ``tokens``: exact keyed tokens of strong identifiers, for an agency that may not send names
- ``splitting``, ``deliveries``: two files of each force; who is there, late or withdrawn
- ``country_model``: one model for the country, and the priors within a force and across forces
- ``unseen``: how many true links nothing proposed
- ``within_forces``: stage A, each force by itself
- ``profiles``, ``across_forces``: stage B, persons of two forces, through an engine's three verbs
- ``border_reports``: stage C, reports of two forces in which two may be one person
- ``index``: persons of all forces by number, and the records that a stage needs
- ``priors``: how much commoner matches are between two forces, and by part
- ``consolidation``: persons of the country, under constraints and decisions; giants are capped
- ``naming``: ids that stay
- ``partitions``: other partitions, drawn from what is believed
- ``quality``, ``token_links``: how well each group is linked, and how well tokens do
- ``jobs``, ``run``: all stages in order, on several processes
- ``links``: what the analyst is given
"""
