"""How much work is there, whose is it, how long did it take, and what is late?

- ``apps``: the application
- ``risk``: the level of a case, from the context that holds it
- ``decisions``: cases without a decision on an order in time, from the context that holds decisions
- ``selectors``: cases, overdue tasks and time spent, as their reader may see them
- ``filters``: which of them a number counts, a page lists and a file holds
- ``figures``: the numbers, each with the way to its rows
- ``tables``: the rows, for a page and for a file
- ``views``, ``urls``: the pages
"""
