"""Who is in a report that has just arrived, with the model of the batch and none of its arrays?

- ``store``: what is asked of the place that keeps the records (a protocol)
- ``compared_records``: everybody whom new reports are compared with
- ``scorer``: match weights of single pairs
- ``scored_pairs``: single pairs with their bars
- ``component``: records that are tied to each other
- ``arrivals``: from reports that arrive to persons
"""
