"""How does a whole country of police forces record the same people, and who of them crosses a border?

- ``settings``: how many forces, how large, and which shares are planted
- ``forces``: the forces: names, sizes, areas and habits of recording
- ``parts``: one part of one force from start to end
- ``borders``: who moves from one force's area to another's
- ``identities``: one man under two forces' names, telephones and addresses
- ``habits``: what a force's habits do to the columns it hands over
- ``passing_on``: acts that two forces record
- ``events``: what became of each report
- ``truth``: what is really so of the country
- ``country``: a country in memory, or as a folder with one sub-folder a force
"""
