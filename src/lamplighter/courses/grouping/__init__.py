"""Which reports belong to one course of conduct?

- ``dyads``: a course in the making, two people and why each report is there
- ``unidentified_people``: reports in which nobody is identified, tied for a stated reason
- ``reports_by_dyad``: by the two people in them, then by what else ties them
- ``course_ids``: ids that stay while a course grows
- ``occasions``: the occasions of a course in order, each once
"""
