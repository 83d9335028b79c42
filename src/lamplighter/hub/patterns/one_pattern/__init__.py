"""What does the page of one pattern show?

- ``selectors``: the course, its reports and its people, read once
- ``evidence``: what the rules found, in the order of a decision
- ``timeline``: occasions, silences, orders and outcomes on one line
- ``coded_words``: the words of a report with what was read in them
- ``occasion_views``: one occasion, agreed with or corrected
- ``what_changed``: what it says otherwise than the version before, and through what
- ``suspect_unclear``: reports by the victim whose suspect may be the same, for a person to say
- ``schedule_papers``: a pattern as a schedule on paper
"""
