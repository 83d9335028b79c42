"""Thin commands over the rooms: which is where?

- ``main``: all of them, and how a problem is told
- ``trace``: agencies' files in, patterns with their reasons out
- ``linking``, ``link_page``: who is who in any table
- ``administration``: a hub on one's own server
- ``studies``: study bundles, their review, and tables that leave
- ``country``: the national index, and reoffending
- ``public``: the public site and the register
- ``worlds``: made-up worlds on disk
- ``output_folder``, ``problems``: the folder that a command writes, and how it says that it cannot
"""
