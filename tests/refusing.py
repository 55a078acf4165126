"""What PostgreSQL refuses, whoever asks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import IntegrityError, transaction


@contextmanager
def refused(match: str) -> Iterator[None]:
    """The database refuses what is tried inside, and its message holds this sentence or constraint name."""
    with pytest.raises(IntegrityError, match=match), transaction.atomic():
        yield
