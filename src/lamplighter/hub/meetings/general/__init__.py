"""What does a meeting say that is about no case?

``selectors``: the items of a meeting, and what was agreed before and is not done. ``services``: the only
writer. ``forms`` and ``views``: its pages. ``presenters``: what they and the printed minutes show.
"""
