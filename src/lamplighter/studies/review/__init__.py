"""What does the review of a force's response to stalking find, as the London Stalking Review asked it?

- ``engine``: every analysis in turn, nothing printed and nothing hidden yet
- ``cohort``: from a bundle to one row a report and one row a case
- ``results``: what the review found, before anybody decides what may leave
- ``settings``: what the review takes for granted, from ``settings.toml``
- ``sections``: the parts of the report
- ``dimensions``: what the review counts by, with titles
- ``held``: which measures the force holds, and what to ask for where it does not
- ``evaluation``: every line of the indicators found, or what the bundle lacks for it
- ``finished``: models that are finished, kept so that a run that was stopped goes on
- ``hazard_models``: withdrawal looked at by hazards, and whether the model can be believed
- ``derived_figures``: figures worked out from what was printed, written down as they are made
- ``analyses``: what does each analysis find in a cohort?
- ``indicators``: which of the 33 indicators are met?
- ``sections``: how does each part of the report show what may be shown?
- ``publication``: what of a review may leave, and in which form?
"""
