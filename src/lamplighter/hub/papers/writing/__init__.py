"""What does each kind of paper say?

Each module writes some kinds, as whoever asks for the paper.

- ``parts``: what several papers say: the two people, risk, criminal matters, what is missing
- ``courts``: schedule, pack for a Stalking Protection Order, pack for a restraining order
- ``referrals``: MARAC, MAPPA, case summary
- ``letters``: letters, and the plan to take along
"""
