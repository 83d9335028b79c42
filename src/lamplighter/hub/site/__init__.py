"""Which installation is this, what does it run on, and how does it say no? Below every context.

- ``settings``, ``environment``, ``places``: what differs between installations, and where their files are
- ``config_files``: files of rules that a hub may change
- ``postgresql``, ``database``, ``embedded_server``: the database, and the server that a hub starts for itself
- ``processes``, ``background_work``: the site and its worker, and what work must keep to
- ``logs``, ``errors``, ``refusals``: what is said to whom
- ``sealed_files``, ``signatures``: files and statements that nobody changes unseen
"""
