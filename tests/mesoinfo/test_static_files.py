"""What browsers get of our stylesheets and scripts: all they need, and nothing that is for us."""

from __future__ import annotations

from pathlib import Path

from django.core.files.base import ContentFile

from mesoinfo.static_files import StaticFiles

CSS = b"/* why */\n.a > .b {\n  color: red;\n  width: calc(1em + 2px);\n}\n"


def test_comments_and_blanks_stay_behind(tmp_path: Path) -> None:
    storage = StaticFiles(location=tmp_path)
    storage.save("css/a.css", ContentFile(CSS))
    storage.save("js/a.js", ContentFile(b"// why\nconst a = 'x // y';\n\n  const b = /[/]x/.test(a);\n"))
    assert (tmp_path / "css" / "a.css").read_bytes() == b".a>.b{color:red;width:calc(1em + 2px)}"
    script = (tmp_path / "js" / "a.js").read_text()
    assert "why" not in script
    assert "'x // y'" in script
    assert "/[/]x/.test(a)" in script


def test_a_file_that_has_been_read_is_kept_whole(tmp_path: Path) -> None:
    """As when its content has just been hashed for its name."""
    content = ContentFile(CSS)
    content.read()
    StaticFiles(location=tmp_path).save("css/a.css", content)
    assert (tmp_path / "css" / "a.css").read_bytes().startswith(b".a>.b{")


def test_what_is_not_ours_comes_as_it_is(tmp_path: Path) -> None:
    StaticFiles(location=tmp_path).save("admin/css/a.css", ContentFile(CSS))
    assert (tmp_path / "admin" / "css" / "a.css").read_bytes() == CSS
