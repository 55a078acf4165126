"""The desk: Django's admin under the name staff know it by."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.admin import AdminSite
from django.db import DataError, transaction
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.utils.functional import SimpleLazyObject

from mesoinfo import audit
from mesoinfo.desk import staff

View = Callable[..., HttpResponseBase]


class Desk(AdminSite):
    site_title = "mesoinfo desk"
    site_header = "mesoinfo desk"
    index_title = "Your work"
    site_url = "/"
    enable_nav_sidebar = False

    def admin_view(self, view: View, cacheable: bool = False) -> Any:
        """As Django's; an address that PostgreSQL cannot look up is answered as one that finds nothing."""

        @wraps(view)
        def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if "\x00" in request.path:
                raise Http404("No address here holds a NUL.")
            if any("\x00" in value for values in request.GET.lists() for value in (values[0], *values[1])):
                return HttpResponseRedirect(request.path)
            try:
                return view(request, *args, **kwargs)
            except (DataError, OverflowError):
                # Such as a year or a pattern that is none, in the filter of a list.
                if request.method not in ("GET", "HEAD") or not request.GET:
                    raise
                return HttpResponseRedirect(request.path)

        return super().admin_view(answered, cacheable)

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> Any:
        """As Django's, put together when a page shows it: every page is given the list of all there is."""
        return SimpleLazyObject(lambda: AdminSite.get_app_list(self, request, app_label))

    @transaction.atomic
    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """As Django's; a password of one's own, too, is changed on record."""
        answer = super().password_change(request, extra_context)
        if request.method == "POST" and isinstance(answer, HttpResponseRedirect):
            audit.record(staff(request), "user.changed", staff(request), fields="password")
        return answer
