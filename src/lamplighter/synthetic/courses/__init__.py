"""Who does what to whom, and when?

- ``dyads``: the true courses of conduct, the quarrels and the chance matters, each of two people
- ``occasions``: what truly happened and when: rising, fading, falling silent
- ``offences``: the offence that a recording officer picks for an occasion
"""
