"""Where does a case stand, and what does that bring with it?

- ``states``: the states and the moves between them, as data
- ``changes``: triage, closing, follow-up and legal status
- ``services``: the clocks that a state brings
- ``open_tasks``: what becomes of the tasks of a case that is closed
- ``criminal_matters``: which legal statuses stand, and what is live elsewhere
- ``mappa``: whether the suspect is managed under MAPPA
- ``hooks``: what other contexts ask for before an outcome drops a case
- ``views``: the pages of all these
"""
