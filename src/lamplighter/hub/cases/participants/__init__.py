"""Who are the two people, and who works on the case?

- ``ages``: whether somebody is under 18: yes, no or not known
- ``corrections``: what the two are called, put right
- ``acting_together``: several suspects of one victim
- ``acting_together_views``: the page of several suspects
- ``services``: the lead worker of each agency
- ``selectors``: people who could do a task
- ``views``: who they are, which agencies, minutes of work
"""
