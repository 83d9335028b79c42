"""What she brings: chats, pictures and diaries of the victim, as draft incidents that a person confirms.

- ``grouping``: which lines make one incident, and how it is said in words
- ``drafting``: changing drafts: words, parting, joining, leaving out
- ``confirming``: drafts become incidents of a report
- ``pictures``: screenshots in order, with what overlaps and the words beside each
- ``receipt``: originals are exhibits: sealed, scanned and kept by ``hub/evidence``
"""
