"""Which acts do the words of a report tell of?

- ``tokens``: words of an account that remember where they stood
- ``phrase_patterns``: the small language of the coder's phrases and frames, and how a sentence meets it
- ``lexicon_store``: the lexicon in ``lexicon/``, read once and compiled
- ``clauses``: clauses of a sentence: whether it is told as so, by whom, of whose doing
- ``parties``: whom the names and labels of a text stand for
- ``grammar``: negation, who did it to whom, by which channel, how often
- ``coder``: from words to proposed acts
- ``learned``: phrases that this installation learned from corrections
- ``corrections``: what a person said about a proposal
- ``severity``: the order in which kinds of act are held to escalate
- ``acts``: what was done, by the coder, tick boxes, titles and corrections
"""
