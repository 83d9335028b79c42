"""Do two people who know nothing of each other judge the same case alike?

- ``second_rater``: who is asked to judge blind, and what is kept from the author until both are in
- ``agreement``: how far they agree, with limits
- ``forms``, ``presenters``, ``views``: judging, declining, and the figures
"""
