"""Files of messages, calls and days that a person exports herself: what stands in them, line by line?

Pure: it knows no database and no page. Every reader gives an :class:`~.shapes.Export`, whose account closes.

- ``shapes``: an entry, an export, and the account in which every line is counted once
- ``reading``: which format is this file, and what does it say?
- ``archives``: what an archive holds, opened without trusting what it says of itself
- ``decoding``: bytes as text, with nothing lost and nothing that a database cannot hold
- ``dates``: is the day or the month first, and is that proved?
- ``tables``: the rows of a CSV file or a workbook
- ``whatsapp``, ``signal_chats``, ``telegram``, ``meta_chats``, ``sms``, ``email_files``, ``call_logs``,
  ``diary``: one format each
- ``json_files``: JSON that may be damaged, and repairing text that was written in the wrong encoding
"""
