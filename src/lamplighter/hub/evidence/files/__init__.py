"""What is done with the bytes of an exhibit, so that the original stays as it came and harms nobody?

- ``opening``: what a file is, by opening it with the reader of its type
- ``media``: sound and film, read by their structure
- ``sealed``: files on disk, encrypted, under a random name
- ``clamd``: the client of the virus scanner
- ``scanning``: the job that scans, and tells whoever sent what was refused
- ``pictures``: pictures made anew, upright and without positions; parts burnt out
- ``redacting``: a copy in which what was taken out is really gone
- ``serving``: how bytes leave the site: never as a page of it
"""
