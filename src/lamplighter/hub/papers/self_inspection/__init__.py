"""What does an agency put into its self-inspection of what it undertook to do better?

- ``writing``: the pack as an outline, of any day
- ``views``: its page, and its files
"""
