"""Which orders protect the victim, from when until when, is each kept, and what is done when one is not?

- ``models``: versions of an order with their terms, steps, decisions, breaches and their answers, zones
- ``rules``, ``configuration``: kinds of orders, periods, warnings and grounds, as dated rows
- ``policies``, ``permissions``: what a row must say, and who decides
- ``services``: record an order, change it, record a step
- ``decisions``: whether an order is applied for, soon after the suspect is named and when proceedings end
- ``breaches``: a breach with everything that follows from it, in one step
- ``zones``: where a zone is, in the vault
- ``following``, ``tasks``: what other contexts record, and orders that end soon
- ``for_others``: what other contexts ask: a meeting, a closing, the caseload, an assessment of risk
- ``selectors``, ``presenters``, ``forms``, ``views``, ``panels``, ``urls``: pages
"""
