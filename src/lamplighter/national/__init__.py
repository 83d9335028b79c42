"""Who is who across the police forces of a country, and who may see what of it?

Forces hand in two files each. The linker sees who people are and nothing of what was done; the analyst sees
what was done and pseudonyms, and never a name. Each module imports only those that stand before it here.

- ``errors``: what may go wrong, told without anybody's values
- ``stages``: outputs under the hash of what went into them
- ``delivery``: keys, and the two files of each force
- ``linking``: a model, each force by itself, across forces, reports at the border, persons of the country
- ``jobs``, ``run``: all stages in order, on several processes
- ``release``: what the analyst is given
"""
