"""The HTTP Observatory's judgement of our headers."""

from __future__ import annotations

import json

from bench import SHORT, Say, programs
from tests.browser.served import Served

PACKAGE = "@mdn/mdn-http-observatory"
AIM = 130


def measure(site: Served, say: Say) -> str:
    """One scan of the home page, over TLS and without. Raises CannotMeasure."""
    say(f"  HTTP Observatory: {site.address}")
    programs.node()
    # The package downloads this list of other people's sites when it is installed. Ours is on loopback, so not on it.
    (programs.HOME / "node_modules" / PACKAGE / "conf" / "hsts-preload.json").write_text("{}")
    host = site.address.removeprefix("https://")
    printed = programs.run(f"{PACKAGE}/src/scan.js", host, NODE_EXTRA_CA_CERTS=str(site.certificate))
    found = json.loads(printed)
    if error := found.get("error"):
        raise programs.CannotMeasure(f"The HTTP Observatory could not scan {host}: {error}")
    scan = found["scan"]
    met = scan["grade"] == "A+" and scan["score"] >= AIM
    aim = f"The aim, A+ and {AIM} points, is met." if met else f"{SHORT}, A+ and {AIM} points."
    return "\n".join(
        [
            "## HTTP Observatory",
            "",
            f"Version {programs.version_of(PACKAGE)}, its command line scanner. Grade **{scan['grade']}**, "
            f"**{scan['score']}** points, {scan['testsPassed']} of {scan['testsQuantity']} tests passed. {aim}",
            "",
            "| test | result | points |",
            "| --- | --- | --: |",
            *(
                f"| {name} | {test['result'].replace('-', ' ')} | {test['scoreModifier']:+d} |"
                for name, test in found["tests"].items()
            ),
            "",
            "What was scanned: the home page of this site on loopback, with production settings, behind a proxy that "
            "ends TLS with a certificate made for the run, which the scanner was told to trust. Plain HTTP and TLS "
            "share one port, because the scanner takes one. The scanner's list of preloaded sites was left empty.",
        ]
    )
