"""Which lines of enquiry does an incident call for, what is lost by waiting, and who does them?

- ``appearing``: which lines do the incidents of a case call for, and who is told?
- ``days``: by when is a line done, and until when is what it asks for still held?
- ``closing``: what is still open, for whoever closes the case
"""
