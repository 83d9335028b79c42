"""How is a report saved, corrected, withdrawn and put back, with all that follows?

- ``services``: each of the four, all of it or nothing
"""
