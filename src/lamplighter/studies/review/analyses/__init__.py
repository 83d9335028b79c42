"""What does each analysis find in a cohort?

- ``profile``: who the victims and suspects are, and what was done
- ``attrition``: what became of every report
- ``time_to_outcome``: outcomes that compete
- ``predictors``: what goes with withdrawal and with no further action
- ``days_lost``: how much of the first half year lay after an end
- ``medians``: medians of days with limits from a bootstrap over suspects
- ``agreement``: whether two assessors gave the same grade
- ``quarterly_trend``: reports by quarter, with the recording rules
- ``force_totals``: what totals alone can answer
"""
