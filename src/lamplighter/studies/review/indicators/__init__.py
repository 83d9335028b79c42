"""Which of the 33 indicators are met?

- ``lines``: the lines of the indicators as data, with the function that finds each
- ``rules``: what every rule of an indicator shares
- ``recognition``: indicators 1 to 8
- ``risk``: indicators 9 to 13 and 32
- ``victim``: indicators 14 to 17 and 26
- ``closing``: indicators 18 to 20 and 27
- ``orders``: indicators 21 to 25
- ``others``: indicators 28 to 31 and 33
"""
