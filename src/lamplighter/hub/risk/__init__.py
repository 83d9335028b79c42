"""How dangerous is this case for whom, who says so, what is done about it, and when is it judged again?

- ``models``, ``levels``: assessments that are never changed, and the level that follows from them
- ``rules``, ``configuration``: levels, intervals, measures and triggers, as dated rows
- ``policies``: what an assessment must say, and what a lower level needs
- ``services``: assess, and agree to a lower level as a second agency
- ``triggers``: what makes a re-assessment due, who is told and who is not
- ``plan``: what could happen, what is done about it, and the victim's own view
- ``second_opinion``: a sample judged blind by somebody else, and how far the two agree
- ``tasks``, ``work``: silence after many reports; what a second rater is asked, on their own list
- ``agenda``, ``caseload``: what meetings, the caseload and closing ask of the risk
- ``selectors``, ``presenters``, ``forms``, ``views``, ``panels``, ``urls``: pages
"""
