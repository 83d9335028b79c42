"""What could happen, what is done about it, and how does the victim see it?

- ``services``: the only writer of scenarios, actions that are tasks, measures, and the victim's own view
- ``forms``, ``views``: its pages
"""
