"""What was released to an agency that nobody there has read yet?

- ``services``: what is new to it: released, ending, withdrawn; and that somebody has opened it
- ``work``: that there is something to read, on work lists, and nothing of it
"""
