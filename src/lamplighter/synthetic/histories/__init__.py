"""What would 43 forces hold of people who offend again, when it is known who is who and what came of it?

Made-up countries of events without a name in them: people who offend again, move, die and are imprisoned,
courts that take their time, and links between records that were missed or are false, with what was believed
of each.

- ``settings``: what is true in a country, as settings
- ``lives``: acts of people one after another, with moves, death and custody
- ``proofs``: what was recorded and proven of each act, and when
- ``links``: what was believed of who is who; the truth, the published partition, and drawn ones
- ``history``: one country in memory, whole or as an extract shows it
- ``tables``: the same as the tables that an analyst is given
"""
