"""Is anything known of the suspect's mental health, from whom, and was it decided whether to refer?

- ``services``: the only writer of flags and decisions
- ``views`` and ``forms``: their pages, on this side alone
"""
