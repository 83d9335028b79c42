"""What do wrong links do to a rate that no interval of it shows?

- ``group_bias``: how far links move the rates of groups, and in which direction
- ``unseen``: what links that nobody looked at may do
"""
