"""Do these reports make a course of conduct?

Named, dated rules, each shown with what met it.

- ``assemble``: reports and persons in, courses of conduct out; the one door
- ``results``: what the room hands on, as frames or the rows of one component
- ``rules``: the rules as dated data, with every number that the room counts by
- ``words``: plain words for dates, spans and lists
- ``coding``: which acts do the words of a report tell of?
- ``reports``: what does one report say, and what does a set of them look like?
- ``learning``: what may a correction teach, and what would change by it?
- ``grouping``: which reports belong to one course of conduct?
- ``findings``: what do the rules find in a course, and how urgent is it?
- ``summaries``: how is a course of conduct put into words?
"""
