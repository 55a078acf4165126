"""Sets the records of this folder with pandoc, an engine of its own, and writes what came out beside them.

How to run it is told in README.md.
"""

from __future__ import annotations

import html
import json
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parent.parent.parent
RECORDS = {
    "sample": ROOT / "sample_content" / "sources.json",
    "kinds": HERE / "kinds.json",
    "synthetic": HERE / "synthetic.json",
}
STYLES = ROOT / "citations" / "styles"
LOCALES = ("en-US", "en-GB")
CSL = "http://purl.org/net/xbiblio/csl"


def main(pandoc: str) -> None:
    version = subprocess.run([pandoc, "--version"], check=True, capture_output=True, text=True).stdout.split()[1]
    for style in sorted(STYLES.glob("*.csl")):
        for name, source in RECORDS.items():
            for locale in LOCALES if name == "sample" else LOCALES[:1]:
                entries = set_by_pandoc(pandoc, json.loads(source.read_text(encoding="utf-8")), style, locale)
                lines = [f"# Set by pandoc {version}; see README.md. Key, then entry; a blank line between.", ""]
                lines += [f"{key}\n{entry}\n" for key, entry in entries.items()]
                path = HERE / f"{name}.{style.stem}.{locale}.txt"
                path.write_text("\n".join(lines), encoding="utf-8")


def set_by_pandoc(pandoc: str, records: list[dict[str, Any]], style: Path, locale: str) -> dict[str, str]:
    """The entry of each record by its id, in the HTML we use."""
    with tempfile.TemporaryDirectory() as folder:
        bibliography, csl, page = (Path(folder) / name for name in ("records.json", "style.csl", "page.md"))
        bibliography.write_text(json.dumps([without_access_date(record) for record in records]), encoding="utf-8")
        csl.write_bytes(as_entries_need_it(style))
        page.write_text(f"---\nnocite: '@*'\nlang: {locale}\n---\n", encoding="utf-8")
        command = [pandoc, "--citeproc", f"--bibliography={bibliography}", f"--csl={csl}", "--to=html", "--wrap=none"]
        found = subprocess.run([*command, str(page)], check=True, capture_output=True, encoding="utf-8").stdout
    parts = re.split(r'<div id="ref-([^"]+)" class="csl-entry"[^>]*>', found)[1:]
    return {html.unescape(key): in_our_html(entry) for key, entry in zip(parts[::2], parts[1::2], strict=True)}


def without_access_date(record: dict[str, Any]) -> dict[str, Any]:
    return {field: value for field, value in record.items() if field not in ("accessed", "custom")}


def as_entries_need_it(style: Path) -> bytes:
    """The style file without the number and the word "Retrieved", which pages print themselves.

    Where `<names>` has a `<label>` and no `<name>`, an empty `<name/>` is put first. To CSL that is the same, but
    pandoc 3.9 then prints the label before the names: ", eds.Doe J, Roe A".
    """
    ET.register_namespace("", CSL)
    tree = ET.parse(style)
    for parent in list(tree.iter()):
        for child in list(parent):
            if child.get("variable") == "citation-number" or child.get("term") == "retrieved":
                parent.remove(child)
    for names in tree.iter(f"{{{CSL}}}names"):
        if names.find(f"{{{CSL}}}label") is not None and names.find(f"{{{CSL}}}name") is None:
            names.insert(0, ET.Element(f"{{{CSL}}}name"))
    return ET.tostring(tree.getroot(), encoding="utf-8")


def in_our_html(entry: str) -> str:
    """<em> and <strong> written as <i> and <b>; no wrappers around the entry or parts of it."""
    entry = re.sub(r"</?(div|span|p)\b[^>]*>", "", entry)
    entry = re.sub(r"<(/?)em>", r"<\1i>", entry)
    entry = re.sub(r"<(/?)strong>", r"<\1b>", entry)
    entry = re.sub(r'<a href="([^"]*)"[^>]*>', r'<a href="\1">', entry)
    # Where an entry prints no address, pandoc makes its title a link; we do not.
    entry = re.sub(r'<a href="([^"]*)">(.*?)</a>', lambda link: link[0] if link[2] in link[1] else link[2], entry)
    # Where these addresses lead today.
    entry = re.sub(r"https://www\.ncbi\.nlm\.nih\.gov/pubmed/(\d+)", r"https://pubmed.ncbi.nlm.nih.gov/\1/", entry)
    entry = re.sub(
        r"https://www\.ncbi\.nlm\.nih\.gov/pmc/articles/(\w+)", r"https://pmc.ncbi.nlm.nih.gov/articles/\1/", entry
    )
    return " ".join(entry.split())


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "pandoc")
