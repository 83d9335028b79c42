"""How is a partition opened for a while to somebody whom the rule keeps out?

- ``selectors``: what it can open, to whom and for how long
- ``services``: opening, ending and reviewing it
- ``banners``: on every page while it is open
- ``forms``: asking for it, and reviewing it
- ``presenters``: what its pages show
- ``views``: its pages
"""
