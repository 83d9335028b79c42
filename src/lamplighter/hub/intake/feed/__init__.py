"""How does another system hand on reports?

- ``api``: the JSON feed
- ``messages``: what a message must be, and why one is not
- ``message_schema``: a message as JSON Schema
- ``concurrency``: how many messages are read at the same time
"""
