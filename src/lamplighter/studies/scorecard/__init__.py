"""How do forces and government stand, said in public, with every number led to its source?

- ``signals``: charts of forces over time, and the alarms that stand among all of them
"""
