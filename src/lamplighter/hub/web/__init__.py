"""What does every request pass through, and what does the site load before it answers the first?

- ``front``: the door: alive, ready, the number of a request, proxies
- ``middleware``: headers, sessions and their limits
- ``person``: a request happens as the person who asks, at an even pace
- ``ready``: what a process loads first
- ``urls``: the addresses of all contexts
- ``views``: the first page, and those of faults
- ``wsgi``: the application
"""
