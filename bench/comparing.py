"""How long it takes to compare two versions of a long page, as the review screen does each time it is opened."""

from __future__ import annotations

import random
import re
import statistics
import time
from pathlib import Path

from bench import SHORT, Say

PAGE = Path(__file__).parents[1] / "sample_content" / "articles" / "mesothelioma" / "stage-4.md"
LENGTH = 13_000  # bytes
CHANGES = 30
RUNS = 50
GOAL = 100  # milliseconds
SEED = 4
WORDS = ("often", "rarely", "about", "always", "sometimes")


def measure(say: Say) -> str:
    """Compare a page of 13 KB with itself after 30 changes, and return the section on it."""
    from articles.markup import Library, SourceEmbed, compile_page
    from articles.markup.citations_rule import keys_named_in
    from articles.review.comparing import What, compare

    text = PAGE.read_text(encoding="utf-8")
    while len(text.encode()) < LENGTH:
        text += f"\nAsk your care team what this means for you, as often as you need to ({len(text)} so far).\n"
    sources = {key: SourceEmbed(key, key, {"apa": f"{key}."}, key) for key in keys_named_in(text)}
    library = Library(sources=sources)
    before = compile_page(text, library).blocks
    after = compile_page(_changed(text), library).blocks
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        found = compare(before, after)
        times.append(1000 * (time.perf_counter() - start))
    changes = sum(change.what is not What.SAME for change in found)
    middle = statistics.median(times)
    say(f"  {len(text.encode()):,} bytes, {len(after)} blocks, {changes} changes: {middle:.0f} ms")
    goal = "" if middle < GOAL else f" {SHORT}"
    return "\n".join(
        [
            "## Comparing two versions of a page",
            "",
            f"A page of {len(text.encode()):,} bytes in {len(after)} blocks, {changes} of them changed, taken out or "
            f"put in; {RUNS} runs in one process. The aim is less than {GOAL} ms.{goal}",
            "",
            "| median, ms | fastest | slowest |",
            "| --- | --- | --- |",
            f"| {middle:.1f} | {min(times):.1f} | {max(times):.1f} |",
        ]
    )


def _changed(text: str) -> str:
    """The text with 30 of its blocks reworded, taken out, moved, or with a new one before them; from a fixed seed."""
    chance = random.Random(SEED)
    blocks = text.split("\n\n")
    free = [n for n, block in enumerate(blocks) if re.match(r"[A-Z][^\n]*$", block) and ":::" not in block][1:]
    for place in sorted(chance.sample(free, min(CHANGES, len(free))), reverse=True):
        how = chance.choice(["reword", "reword", "reword", "take out", "put in", "move"])
        if how == "reword":
            words = blocks[place].split(" ")
            for _ in range(3):
                words[chance.randrange(1, len(words))] = chance.choice(WORDS)
            blocks[place] = " ".join(words)
        elif how == "take out":
            del blocks[place]
        elif how == "put in":
            blocks.insert(place, "A new paragraph that says what nobody has read on this page before.")
        else:
            blocks.insert(chance.choice(free), blocks.pop(place))
    return "\n\n".join(blocks)
