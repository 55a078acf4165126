"""Every address, by tier: the public site and the desk can run as separate processes."""

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path, re_path

from mesoinfo import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
if settings.TIER in ("desk", "all"):
    from articles.admin import markdown
    from articles.admin.design import component_page

    urlpatterns += [
        path("admin/design/", admin.site.admin_view(component_page), name="component_page"),
        path("admin/markdown/preview/", markdown.preview, name="markdown_preview"),
        path("admin/markdown/upload/", markdown.upload, name="markdown_upload"),
        path("admin/", admin.site.urls),
    ]
    handler400 = "articles.admin.access.too_much"
    handler403 = "articles.admin.access.not_open"
if settings.TIER == "desk":
    from articles.public.views import IMAGE_ADDRESS, image

    # Writers and reviewers see pages with their pictures, which the security policy asks to be our own.
    urlpatterns += [re_path(IMAGE_ADDRESS, image)]
if settings.TIER in ("site", "all"):
    urlpatterns += [
        path("", include("caseintake.urls")),
        # Last: its addresses are topics and articles, so it would answer for everything else.
        path("", include("articles.public.urls")),
    ]
    handler404 = "articles.public.views.not_found"
