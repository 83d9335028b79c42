"""Questions asked of many courses of conduct; they read study bundles and never an identity.

- ``review``: what does the review of a force's response to stalking find?
- ``forces``: what may be said of forces set beside one another, and what may not?
- ``scorecard``: what may the public be told of each force, with the source of every number?
- ``register``: who was asked to do what, by when, and what shows that they did?
"""
