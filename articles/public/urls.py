"""Where the public pages are. Last in the list: topics and articles, which answer for everything else."""

from django.urls import path, re_path

from articles.public import site_files, views
from articles.public.feed import feed
from articles.public.feedback import feedback, thank_you
from articles.public.references import references
from articles.public.search import search
from articles.public.share_image import share_image
from articles.public.sitemaps import sitemap

app_name = "public"
urlpatterns = [
    path("", views.home, name="home"),
    path("search/", search, name="search"),
    path("feedback/", feedback, name="feedback"),
    path("feedback/thank-you/", thank_you, name="feedback_thanks"),
    path("people/<slug:slug>/", views.person, name="person"),
    re_path(r"^images/(?P<name>[0-9a-f]{24}\.(?:jpg|png|webp))$", views.image, name="image"),
    path("images/share.png", share_image, name="share_image_of_site"),
    re_path(r"^images/share/(?P<address>[a-z0-9-]+(?:/[a-z0-9-]+)?)\.png$", share_image, name="share_image"),
    path("sitemap.xml", sitemap, name="sitemap"),
    path("sitemap-<slug:section>.xml", sitemap, name="sitemap_section"),
    path("feed/", feed, name="feed"),
    path("robots.txt", site_files.robots, name="robots"),
    path(".well-known/security.txt", site_files.security, name="security"),
    path("manifest.webmanifest", site_files.manifest, name="manifest"),
    path("favicon.ico", site_files.favicon, name="favicon"),
    re_path(
        r"^(?P<address>[a-z0-9-]+(?:/[a-z0-9-]+)?)/references\.(?P<extension>json|ris|bib)$",
        references,
        name="references",
    ),
    path("<slug:slug>/", views.topic_or_page, name="page"),
    path("<slug:topic>/<slug:slug>/", views.article, name="article"),
]
