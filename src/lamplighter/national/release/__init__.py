"""What is the analyst given of what was linked?

- ``naming``: ids that stay
- ``partitions``: other partitions, drawn from what is believed
- ``quality``: how well each group was linked
- ``token_links``: whose the records of agencies are that send tokens alone
- ``answers``: which of a hub's suspects other forces know, and whom to ask
- ``reasons``: why records of several forces were taken for one person, for the linker
- ``links``: all of it as files, with pseudonyms
"""
