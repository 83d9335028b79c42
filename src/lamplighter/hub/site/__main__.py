"""``python -m lamplighter.hub.site <command>``: Django's management commands."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.umask(0o077)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lamplighter.hub.site.settings")
    if sys.argv[1:2] == ["procrastinate"]:
        # The worker, like the site, signs in to the database as a role that owns nothing.
        os.environ.setdefault("LAMPLIGHTER_DATABASE_LOGIN", "app")
    execute_from_command_line(["lamplighter", *sys.argv[1:]])
