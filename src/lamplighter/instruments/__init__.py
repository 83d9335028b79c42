"""Instruments as data: what does somebody who assesses answer, in which order, and what may be made of it?

Pure Python: no database, no page. An instrument is a folder, a version of it a dated file.

* ``answers``: answers and their states, kept apart.
* ``definition``: an instrument as it is read: head, sections, items, effects.
* ``rules``: fifteen named operators of three values.
* ``schema``: the keys that a file may hold.
* ``checks``: named faults of one file, ``versions``: those of all files of an instrument.
* ``loading``: a file, checked, as a definition with its hash.
* ``path``: which pages and items are asked, as a function of definition and answers.
* ``completing``: what is missing before answers can be submitted.
* ``scoring``: sums, where a licence allows one.
* ``comparing``: two sets of answers side by side, also of two versions.
* ``fhir``: Questionnaire and QuestionnaireResponse of FHIR R4, for other systems.
"""
