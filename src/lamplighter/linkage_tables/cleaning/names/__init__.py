"""What stands in the cell of a name: given names and surnames, or something else?

- ``whole_names``: 'Quarle, Ann Mary' as given names and a surname
- ``bynames``: what somebody is called instead of by a name
- ``not_names``: words that are no name, such as "unknown male"
- ``accounts_in_names``: accounts that stand where a name should
"""
