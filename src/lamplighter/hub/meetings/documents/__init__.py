"""What leaves a meeting as a file?

- ``papers``: the printed minutes, whole and for every side
- ``invitations``: the calendar file, which says nothing about anybody
"""
