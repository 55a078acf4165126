"""Measures what we promise of the public pages, and writes docs/quality.md.

    make bench                    everything
    make bench ONLY=pages         one part, shown on the screen and not written

Each part is a module with `measure(site, say) -> str`: it takes the site that is served for it and a function that
tells progress, and returns its section of the page in Markdown.
"""

SHORT = "**Short of the aim**"  # what a section says where a figure is not what it should be
