"""The editorial desk: screens over the flows of `review` and `publishing`. They call those and add no rules."""

from articles.admin import article, feedback, library, links, linting, people, records, safety, work

__all__ = ["article", "feedback", "library", "links", "linting", "people", "records", "safety", "work"]
