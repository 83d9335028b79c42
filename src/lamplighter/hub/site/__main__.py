"""``python -m lamplighter.hub.site <command>``: Django's management commands."""

import os
import sys

from django.core.management import execute_from_command_line


def _worker_starts() -> None:
    """Put the configuration in force, or say what is wrong with it and end."""
    import django

    django.setup()
    from lamplighter.hub.configuration import services
    from lamplighter.hub.site.config_files.faults import ConfigurationError

    try:
        services.started(services.NoticedBy.WORKER)
    except ConfigurationError as broken:
        sys.exit(f"lamplighter: {broken}")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lamplighter.hub.site.settings")
    if sys.argv[1:2] == ["procrastinate"]:
        # The worker, like the site, signs in to the database as a role that owns nothing.
        os.environ.setdefault("LAMPLIGHTER_DATABASE_LOGIN", "app")
    if sys.argv[1:3] == ["procrastinate", "worker"]:
        _worker_starts()
    execute_from_command_line(["lamplighter", *sys.argv[1:]])
