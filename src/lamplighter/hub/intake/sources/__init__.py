"""Which systems send files, and which mapping reads each since when?

- ``versions``: dated mappings in the installation's folder
- ``samples``: a source being added, sealed for who sent the sample
- ``readers``: who may read the reports of a source
- ``checks``: warns of mappings that cannot be read any more
- ``services``: the only writers of sources
- ``selectors``: what there is and what reads it
- ``forms``: the forms of a source's journey
- ``presenters``: sources and samples in words
- ``views``: the pages
- ``urls``: their addresses
"""
