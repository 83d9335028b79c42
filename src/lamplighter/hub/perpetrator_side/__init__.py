"""The other side: work with the suspect, and with those who manage them.

- ``legal_gate``: what does the legal status of a case allow?
- ``programmes``: how is a programme delivered?
"""
