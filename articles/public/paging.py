"""Which page of a long list was asked for."""

from django.http import HttpRequest

PER_PAGE = 20  # of most lists
LAST = 1000  # beyond it, skipping rows costs PostgreSQL more than a reader gains


def page_number(request: HttpRequest) -> int:
    """The number in `?page=`; the first page for anything that is not one."""
    asked = request.GET.get("page", "")
    return min(int(asked), LAST) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1
