"""What must be there before a case is dropped, who signs, who is told, and what does an override say?

- ``checking``: what is done and what is missing, of every context that has a check
- ``services``: what was considered, the proposal, the two signatures, the override
- ``published``: the hub's own figures of cases that were dropped
- ``around``: what goes on beside it: a withdrawal, the six-month limit, handing over, telling who it is
"""
