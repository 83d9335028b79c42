import os
import sys

from django.core.wsgi import get_wsgi_application

from lamplighter.hub.site import processes
from lamplighter.hub.site.config_files.faults import ConfigurationError
from lamplighter.hub.web.front import behind_proxies
from lamplighter.hub.web.ready import make_ready

os.umask(0o077)
# Whoever started this process may be killed without ending it.
processes.end_with_parent()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lamplighter.hub.site.settings")
# The site signs in to the database as a role that owns nothing.
os.environ.setdefault("LAMPLIGHTER_DATABASE_LOGIN", "app")
application = behind_proxies(get_wsgi_application())
try:
    make_ready()
except ConfigurationError as broken:
    sys.exit(f"lamplighter: {broken}")
