"""Who works here, confirmed by whom, and trained in what?

- ``members``: invited, in another role, at another agency, gone
- ``forms``: forms about other people's accounts
- ``views``: for administrators and coordinators
- ``confirmations``: two people for an account
- ``confirmation_views``: the second person's pages
- ``training``: who is trained in what, until when
"""
