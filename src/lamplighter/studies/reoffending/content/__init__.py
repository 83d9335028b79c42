"""How are the events of a country and the links read, checked, and made into arrays?

- ``shapes``: events as columns, who is who, faults
- ``checks``: what a row may not say
- ``links``: the linker's output
- ``events``: the events, in slices, and all of it together
"""
