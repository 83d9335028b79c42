"""How long does the owner of records keep them?

- ``schedule``: what is due, what was decided, and holds
- ``last_notice``: when a suspect last came to notice
- ``views``: reviews, holds and erasing
"""
