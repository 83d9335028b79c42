"""What stands in a published file, to its last attribute, and what of it can be measured with a ruler?

- ``formats``: each kind of file, read by what it is or refused
- ``pages``, ``styles``: HTML and SVG, and the style sheets in them
- ``shapes``: bars in drawings, measured
- ``pictures``: what a PNG carries beside its pixels
- ``office``: spreadsheets and documents
- ``refusing``: a file, or a part of one, that cannot be looked into
"""
