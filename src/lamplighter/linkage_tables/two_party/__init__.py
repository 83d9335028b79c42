"""Which records about two people each are about the same two?

- ``linking`` (:func:`linking.link_pairs`): from a table to pairs, dyads and persons
- ``parties``, ``roles``, ``party_markers``, ``relationship``, ``days``: the columns of each party, by the
  parts they play or by marks in the headings; how the two are related, and when the record was made
- ``record_pairs``, ``candidate_pairs``, ``within_record``: pairs of records, those that share a key, and what
  the two parties of one record have in common
- ``cell_model``, ``pair_bars``: the four cells as one mixture, and the bars that explain a pair
- ``one_person_warning``: a warning where such a table is linked as if each row were about one person
"""
