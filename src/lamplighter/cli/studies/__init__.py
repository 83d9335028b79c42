"""Which commands publish what is known of many courses, forces and recommendations?

- ``register``: the register of recommendations, and a plan that is checked against it
"""
