"""Measures what we promise of the public pages, and writes docs/quality.md.

    make bench                    everything
    make bench ONLY=pages         one part, shown on the screen and not written

Each part is a module with a function `measure` that returns its section of the page in Markdown. It takes the site
that is served for it, if it needs one, and a function that tells progress.
"""

from collections.abc import Callable

Say = Callable[[str], None]
SHORT = "**Short of the aim**"  # what a section says where a figure is not what it should be
