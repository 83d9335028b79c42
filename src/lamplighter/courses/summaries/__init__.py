"""How is a course of conduct put into words?

- ``sentences``: the sentence that comes first
- ``labels``: what codes of acts, limbs, channels and readings are called
- ``people_in_patterns``: the two people, each once, with all that is recorded of them
- ``pattern_summaries``: every pattern as a person reads it
- ``schedule``: the schedule of a course as data
"""
