"""How does a hub without a server of its own start PostgreSQL, and end it with its last user?

- ``embedded``: the wheel, with our configuration and its repairs
- ``guardian``: a process that ends the server after the last that used it
"""
