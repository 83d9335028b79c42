"""What does each context tell of the case of the demonstration? Each module has ``tell(users, case)``.

Told in the order of their names, each step by a service as the person who would do it:

- ``accounts``, ``audit``, ``instruments``, ``insight``: training, the trail, a filled-in sheet, a review
- ``orders``, ``keeping_evidence``, ``weighing_risk``: a breach, exhibits, assessments of the risk
- ``perpetrator_side``, ``victim_side``, ``sharing``: each side, and what passes between them
- ``what_is_brought``, ``what_is_held``, ``what_meetings_say``, ``what_was_asked_for``: messages, holds,
  minutes, requests for data
- ``what_is_known_elsewhere``: two answers of a made-up national index, one of them asked about
- ``written_papers``: papers made of all of it
"""
