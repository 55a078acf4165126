"""The settings the tests run with: development settings, plain static files, quick passwords."""

import os

os.environ.setdefault("MESOINFO_DEVELOPMENT", "1")

from mesoinfo.settings import *  # noqa: F403  the tests use the product's own settings, then change a few

# Hashed names and whitenoise need collectstatic, which the tests do not run.
MIDDLEWARE = [name for name in MIDDLEWARE if not name.startswith("whitenoise")]  # noqa: F405
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
# A connection kept by a thread of the live server would stand in the way when the test database is removed.
DATABASES["default"]["CONN_MAX_AGE"] = 0  # noqa: F405
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# What tests write into their database is no business of the files beside the development database.
AUDIT_CHECKPOINT_DIR = None
LAST_KNOWN_DIR = None
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
