"""Who was asked to do what about stalking, by when, and what shows that they did?

One file a recommendation: its words or "text not held", its first due date, what was claimed and what the
evidence shows. A status is never written down: it follows from the file by rules written beforehand.

- ``schema``: what the files may hold, from which they are checked
- ``entries``: a recommendation with its rules, claims and evidence, and the register of them
- ``loading``: a folder as a register, every fault by file and line
- ``verdicts``: the status of a recommendation for one body, and days slipped, as at any day
- ``changes``: what differs between two days or two editions, and what was written over
- ``plan``: a national plan that can be held to account, or why it cannot, line by line
- ``template``: a plan to fill in, from the register
- ``tables``: the register as rows, from which every number of a page is taken
- ``pages``: the country's, a recommendation's and a force's page
- ``site``: the pages and their tables as a folder that opens without a server
"""
