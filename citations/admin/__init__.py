"""The desk for sources: found, added, corrected, related, merged."""

from citations.admin.source import SourceAdmin

__all__ = ["SourceAdmin"]
