"""What changed between two versions of a page: shown on both sides, and told in an editor's words.

Pure. Blocks are paired (`alignment`), read as what a reader sees (`reading`), compared (`lines`), and told (`wording`).
"""

from .pages import AnyBlock, BlockChange, What, compare, pair_blocks

__all__ = ["AnyBlock", "BlockChange", "What", "compare", "pair_blocks"]
