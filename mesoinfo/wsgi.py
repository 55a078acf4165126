"""What granian serves."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from mesoinfo import impatience

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mesoinfo.settings")
application = get_wsgi_application()
# Nobody of the desk loses work because a report takes long.
if settings.TIER == "site":
    impatience.begin()
