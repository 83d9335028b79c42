"""What does the hub learn from corrections, who accepted it, and what changes by it?

- ``phrases``: what is learned, as the rules read it, and what waits for a decision
- ``services``: a lesson proposed, accepted, refused or taken back
- ``effects``: which incidents and patterns a lesson changes, and why a pattern changed
- ``presenters``: lessons in words
- ``files``: what another hub learned, brought in by a command
- ``views``: their pages
"""
