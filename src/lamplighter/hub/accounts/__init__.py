"""The people who sign in, the agencies they work for, and what each role may do.

- ``encryption``: encrypts what the database must not hold in the clear
- ``credentials``: rows that a person signs in with, and what is kept for them
- ``sign_in``: how does somebody get from the door to a session?
- ``own_account``: what does somebody keep in their own account?
- ``staff``: who works here, confirmed by whom, and trained in what?
"""
