"""What does somebody keep in their own account?

- ``second_factors``: authenticator apps, passkeys, recovery codes
- ``second_factor_views``: setting one up
- ``drafts``: what is being typed, until it is saved
- ``timed_out_text``: what was typed when a session ran out
- ``views``: password, factors, sessions, kept text
"""
