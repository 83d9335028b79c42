"""The other side: work with the suspect, and with those who manage them.

- ``legal_gate``: what does the legal status of a case allow?
- ``health_flags``: what is known of the suspect’s mental health, from whom, and was a referral decided?
- ``programmes``: how is a programme delivered?
"""
