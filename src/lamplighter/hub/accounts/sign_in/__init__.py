"""How does somebody get from the door to a session?

- ``user_names``: the one form of a user name
- ``failed_attempts``: counting wrong passwords by name and by address
- ``failed_sign_ins``: who tried and did not get in, on the trail
- ``signing_in``: from a password to a session
- ``sessions``: sessions whose rows alone are worth nothing
- ``identity_provider``: sign-on through an organisation (OpenID Connect)
- ``forms``: forms at the door and of one's own account
- ``invitation_views``: an invitation's link, and sign-on through an organisation
- ``views``: sign in, second step, sign out
"""
