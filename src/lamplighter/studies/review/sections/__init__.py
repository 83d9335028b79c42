"""How does each part of the report show what may be shown?

- ``absent``: what the force does not hold, and what to ask for, in its place
- ``brief``: in brief, beside published figures, and what must not be concluded
- ``stands_out``: the few sentences for who stops after the first page
- ``people``: who the victims and suspects are, and how it was first seen
- ``outcomes``: what became of the reports
- ``forces``: totals by force
- ``measures``: the 33 indicators and the equality view
- ``models``: forests and tables of the models
- ``agreement``: would another assessor have given the same grade?
- ``trends``: reports by quarter
- ``shares``: counts as tables and bars
- ``appendix``: what could not be answered, and the methods as run
"""
