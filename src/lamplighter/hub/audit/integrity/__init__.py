"""Is the trail what was written?

- ``chain``: the chain of hashes, worked out a second time
- ``verification``: the whole trail read in the order of the chain
- ``faults``: what can be wrong with it, in words
- ``visibility``: whether what is read is the trail itself
- ``checkpoints``: how far the chain reached, kept elsewhere
- ``signing``: signed statements, and the key that signs them
"""
