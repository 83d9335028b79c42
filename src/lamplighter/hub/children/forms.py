from __future__ import annotations

from lamplighter.hub.access.concurrent_edits import VersionForm
from lamplighter.hub.children.models import Answer
from lamplighter.hub.design.fields import radios, text_box


class AnswerForm(VersionForm):
    use_required_attribute = False

    answer = radios("Answer", Answer.Given.choices, required="Choose an answer")
    words = text_box(
        "What is known, and who did what?",
        hint="Everybody who works on the case reads this, also those who work with the suspect. Leave out "
        "addresses, the name of a school, and what was told in confidence.",
        required="Enter what is known, and who did what",
    )
