"""Name the kinds of agency and the roles of people, by which the rules of access are written."""

from __future__ import annotations

from django.db import models


class AgencyKind(models.TextChoices):
    """Kinds of agency. They open partitions of the wall."""

    POLICE = "police", "Police force"
    HEALTH = "health", "Health service"
    PROBATION = "probation", "Probation service"
    ADVOCACY = "advocacy", "Advocacy or helpline"
    HUB = "hub", "The hub itself"
    OTHER = "other", "Another service: housing, council, education"


class Role(models.TextChoices):
    """Roles of people in the hub."""

    COORDINATOR = "coordinator", "Hub coordinator"
    INVESTIGATOR = "investigator", "Investigator"
    STALKING_LEAD = "stalking_lead", "Stalking lead"
    PROBATION = "probation", "Probation officer"
    CLINICIAN = "clinician", "Clinician"
    ADVOCATE = "advocate", "Advocate"
    ADMINISTRATOR = "administrator", "Administrator"
    ANALYST = "analyst", "Analyst"
    AUDITOR = "auditor", "Auditor"
