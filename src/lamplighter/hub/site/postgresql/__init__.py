"""How does the hub speak with PostgreSQL: Django's backend, pointed at the server when it is first used?

- ``base``: the backend
- ``arrays``, ``binary_copy``, ``values``: numbers, rows and texts as PostgreSQL takes them
- ``prepared``, ``locks``: statements that are kept prepared, and one at a time
- ``leaving``: nothing of one page outlives it on its connection
- ``drawing``: migrations without most of the models on the way
- ``rights``, ``administrator``: the rights of a login, and what a database administrator runs once
- ``tuning``: the embedded server's share of the machine
"""
