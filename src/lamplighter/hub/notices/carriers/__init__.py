"""By whom is an email carried, and why was it not?

- ``protocol``: what every carrier can do, and the reasons why one could not
- ``smtp``: a mail server
- ``notify``: GOV.UK Notify
- ``chosen``: the one that the configuration names
"""
