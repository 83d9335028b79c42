"""What becomes of agencies' files without a hub: read, linked and written down with reasons?

- ``spine``: ``lamplighter read`` and ``lamplighter trace``
- ``sources``: files of any number of systems, told apart and read, every row accounted for
- ``results``: all that ``trace`` writes, in its folder
- ``page``, ``workbook``: for people
- ``data_package``: for machines, each column explained by ``files.toml``
"""
