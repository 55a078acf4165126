"""Static files as browsers get them: named by their content, compressed, without comments and blanks."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from django.core.files.base import ContentFile
from rcssmin import cssmin
from rjsmin import jsmin
from whitenoise.storage import CompressedManifestStaticFilesStorage

MINIFIERS = {".css": cssmin, ".js": jsmin}


class StaticFiles(CompressedManifestStaticFilesStorage):
    """What `collectstatic` writes. Only our own files are shortened; Django's come as they are."""

    def _save(self, name: str, content: Any) -> str:
        path = PurePath(name)
        minify = MINIFIERS.get(path.suffix)
        if minify and path.parts[0] in ("css", "js"):
            whole = b"".join(content.chunks())  # from its beginning, wherever it has been read to
            content = ContentFile(minify(whole.decode()).encode())
        kept_as: str = super()._save(name, content)
        return kept_as
