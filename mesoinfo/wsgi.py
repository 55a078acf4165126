"""What granian serves."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from mesoinfo import impatience
from mesoinfo.readable import in_utf8

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mesoinfo.settings")
application = in_utf8(get_wsgi_application())
# Nobody of the desk loses work because a report takes long.
if settings.TIER == "site":
    impatience.begin()
