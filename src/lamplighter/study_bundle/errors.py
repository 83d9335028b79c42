"""Errors that reading a bundle may raise. No message holds a value from a file."""

from __future__ import annotations

from lamplighter.records.errors import RecordsError


class StudyBundleError(RecordsError):
    """Base of the errors of this room; ``lamplighter`` ends with its text and status 2."""


class PackageNotValid(StudyBundleError):
    """The ``datapackage.json`` is not there, is no JSON, or names files that may not be read."""


class BundleMappingError(StudyBundleError):
    """A mapping file is wrong or does not exist."""


class BundleRefused(StudyBundleError):
    """The bundle as a whole cannot be read for a study; the rejects say why."""
