"""How do people ask for restricted information, review its use, and block somebody from a case?

- ``blocked_people``: keeping somebody off a case
- ``forms``: the forms of all these
- ``presenters``: what the pages show
- ``views``: the pages
"""
