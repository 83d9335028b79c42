"""Who is told by e-mail of what changed on the site, in which words, and never twice?

The site is files and knows nobody. Who asked to be told stands in a file of the publisher, outside the site.
No message is tracked, and no address is printed, logged or written into the ledger.

- ``subscribers``: who asked to be told of what, and how messages leave, each checked by file and row
- ``letters``: what changed, by topic, as plain text
- ``ledger``: what each was told already, without the address
- ``sending``: messages as files, or through a mail server
"""
