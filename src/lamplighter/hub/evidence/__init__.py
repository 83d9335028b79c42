"""Evidence: what was received, is it whole and safe to open, who has had it, and what does it support?

- ``files``: the bytes: types, sealing, scanning, pictures made anew, redacted copies, answers of the site
- ``record``: what is told of them outside the hub: CASE/UCO, the daily root of receipts, time-stamps
"""
