"""What is not shared, why, and what is warned of before something is?

- ``services``: the warnings, and the only writer of a refusal, which stays on one's own side
- ``forms``, ``views``: its page
"""
