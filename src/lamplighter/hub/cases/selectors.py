"""Reading cases. The wall decides what is there; nothing here filters by who is asking."""

from __future__ import annotations

import uuid

from django.http import Http404

from lamplighter.hub.cases.models import Case


def open_case(key: uuid.UUID) -> Case:
    """The case with this key, or "not found", said the same for one that never was."""
    try:
        return Case.objects.select_related("owner").get(key=key)
    except Case.DoesNotExist:
        raise Http404 from None
