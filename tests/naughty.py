"""What people type, and attackers send, that breaks programs: the Big List of Naughty Strings and some of our own."""

from __future__ import annotations

import random
import re
import unicodedata
from itertools import groupby
from pathlib import Path

_LINES = (Path(__file__).parent / "naughty_strings" / "blns.txt").read_text(encoding="utf-8").split("\n")
# By what the list says of them.
GROUPS = [
    [line for line in lines if line]
    for is_remark, lines in groupby(_LINES, key=lambda line: line.startswith("#"))
    if not is_remark
]
LISTED = [text for group in GROUPS for text in group]
# What the list lacks, since it is a file of lines, or since it knows nothing of what we do with words.
ADDED = [
    # Where lines end, begin and are forged.
    "one\r\ntwo\rthree\nfour",
    "\n\n  first lines empty",
    "x\r\nBcc: victim@example.org\r\n\r\nBody",
    "x\n2026-01-01 00:00:00,000 ERROR mesoinfo: forged",
    "next\x85line\u2028separator\u2029paragraph\x0bvertical\x0cform",
    "\x1b[2J\x1b]0;title\x07\x9b31mred\x1b[0m",
    # What cannot be stored, written down or seen.
    "NUL \x00 in the middle",
    "\x00",
    "all controls " + "".join(map(chr, range(1, 32))) + "\x7f" + "".join(map(chr, range(128, 160))),
    "\u202eturned around\u202c and \u2066apart\u2069",
    "\ufeffmark, \ufffe no letter \uffff, private \ue000, far \U0010ffff",
    "e\u0301 a\u030a \u212b \ufb01 \u1e9b\u0323",  # composed otherwise
    "a" + "\u0301" * 100,
    # What spreadsheets run.
    "=1+1",
    "+1",
    "-1+1",
    "@SUM(1)",
    "\t=1+1",
    "\r=1+1",
    " =1+1",
    "\u00a0=1+1",
    '"=1+1',
    "'=1+1",
    "''=1+1",
    "＝1+1",
    '=HYPERLINK("http://evil.example","Click")',
    "=cmd|' /C calc'!A0",
    'a","=1+1',
    "a;=1+1",
    "a\n=1+1",
    # What mail, headers and addresses are made of.
    "first@example.org,second@example.org",
    "a,b@example.org",
    '"a,b"@example.org',
    '"a\\"b"@example.org',
    "name<a@example.org>",
    "<a@example.org>",
    "group:a@example.org;",
    "a@example.org;b",
    "(comment)a@example.org",
    "=?utf-8?q?a=0D=0ABcc:b?=@example.org",
    "=?utf-8?q?a=40evil.example=3E=2C?=@example.org",
    "a@example.org\nBcc:b@example.org",
    "a%0d%0aBcc:b@example.org",
    "ünïcode@exämple.org",
    "@",
    # What pages and templates are made of.
    "</textarea><script>alert(1)</script>",
    '" autofocus onfocus="alert(1)',
    "{{ 7|add:7 }}{% csrf_token %}{# no #}",
    "&amp;&#65;&#x0;&notit;",
    "%s %(name)s {0} {name} $name \\0 \\g<0>",
    "%00%ff%ed%a0%80%",
    "../../../../etc/passwd",
    "²",  # a digit that is no number
    "٣٣٣٣٣٣٣٣٣٣",
    "\u3000 blanks of all kinds \u2003\u200b",
    " ",
    "9" * 5000,
    "long " * 5000,
]
# Something of each kind in one, for where a whole list would take long.
WORST = "=²'\" \0\r\nBcc:a@b.c\x1b[1m\x85\u2028\u202e</textarea><script>{{ 7 }}%00%s&amp;\ufffe\U0010ffff 9,\\'"
STRINGS = [*LISTED, *ADDED, WORST]
# One of each group of the list, and all of ours but the long ones.
FEW = [random.Random(6).choice(group) for group in GROUPS] + [text for text in ADDED if len(text) < 1000]

_TURNING = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])


def as_kept(typed: str, *, lines: bool = False) -> str:
    """What we promise to keep of it, in the words of mesoinfo.public_forms.PlainText: composed Unicode, a blank for the
    end of a line where there is but one, no control characters, nothing that turns words around, no blanks around it.
    """
    text = re.sub("\r\n?|[\u2028\u2029]", "\n", unicodedata.normalize("NFC", typed))
    if not lines:
        text = re.sub("[\n\t]", " ", text)
    return re.sub(r"(?![\n\t])[\x00-\x1f\x7f-\x9f\ud800-\udfff]", "", text.translate(_TURNING)).strip()
