"""What do the rules find in a course, and how urgent is it?

- ``conditions``: what a rule sees of a course, and what its condition returns
- ``registry``: the rules as dated data, each with its condition
- ``act_conditions``: conditions about what was done
- ``course_conditions``: conditions about a course as a whole
- ``trend``: Laplace's test for trend on the times themselves
- ``time_limits``: by when proceedings for a summary-only charge must begin
- ``urgency``: the order of the list of patterns, by named rules
"""
