"""How does a case begin, and when is a referral rejected?

- ``from_pattern``: what a referral takes over from a pattern
- ``open_cases``: whether two people have an open case
- ``selectors``: the list of cases and the search
- ``views``: the list, the search, and the referral that opens a case
- ``rejections``: one person proposes, others of another agency read it
- ``rejection_views``: a rejection on its pages
"""
