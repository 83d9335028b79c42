"""How is a partition opened for a while to somebody whom the rule keeps out?

- ``emergency_grants``: opening, ending and reviewing it
- ``banners``: on every page while it is open
"""
