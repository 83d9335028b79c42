"""The page of audits of a case's file, for leads and coordinators."""

from __future__ import annotations

import uuid

from django import forms
from django.http import HttpRequest, HttpResponse

from lamplighter.hub.access.pages import shows, who
from lamplighter.hub.accounts.permissions import require
from lamplighter.hub.cases.case_page.frame import frame
from lamplighter.hub.cases.selectors import open_case
from lamplighter.hub.design import actions
from lamplighter.hub.design.fields import radios
from lamplighter.hub.oversight import permissions
from lamplighter.hub.oversight.file_audits import services
from lamplighter.hub.oversight.models import FileAudit


class AuditForm(forms.Form):
    """The attitude question, in its two parts."""

    use_required_attribute = False
    language = radios(
        "Does the language of the file make the behaviour smaller than it was?",
        FileAudit.Answer.choices,
        hint="For example, words that leave out the fear, or put it down to both of them.",
        required="Choose an answer about the language",
    )
    decisions = radios(
        "Does a decision treat the behaviour as smaller than it was?",
        FileAudit.Answer.choices,
        hint="For example, each act looked at alone, or the victim asked to change what they do.",
        required="Choose an answer about the decisions",
    )


@shows("shared")
@require(permissions.may_keep_off)
def file_audit(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Show the audits of this file, and take another one."""
    user, case = who(request), open_case(key)
    return actions.page(
        request,
        "access/file_audit.html",
        AuditForm(request.POST or None),
        lambda given: services.rate(user, case, **given),
        lambda: (
            frame(request, case, "access:file_audit")
            | {
                "rows": FileAudit.objects.filter(case=case).select_related("by", "owner").order_by("-pk"),
                "own_work": services.OWN_WORK if services.wrote_in(user, case) else "",
            }
        ),
        done="The audit is recorded.",
        to=("access:file_audit", case.key),
    )
