"""Where the public pages are. Last in the list: topics and articles, which answer for everything else."""

from django.urls import path, re_path

from articles.public import glossary, people, site_files, views
from articles.public.feed import feed
from articles.public.feedback import feedback, thank_you
from articles.public.references import references
from articles.public.search import search, suggestions
from articles.public.share_image import share_image
from articles.public.site_map import site_map
from articles.public.sitemaps import sitemap

app_name = "public"
urlpatterns = [
    path("", views.home, name="home"),
    path("search/", search, name="search"),
    path("search/suggestions/", suggestions, name="suggestions"),
    path("feedback/", feedback, name="feedback"),
    path("feedback/thank-you/", thank_you, name="feedback_thanks"),
    path("glossary/", glossary.glossary, name="glossary"),
    path("glossary/<slug:slug>/", glossary.term, name="term"),
    path("people/", people.people, name="people"),
    path("people/<slug:slug>/", people.person, name="person"),
    path("advocates/", people.advocates, name="advocates"),
    path("site-map/", site_map, name="site-map"),
    re_path(views.IMAGE_ADDRESS, views.image, name="image"),
    path("images/share.png", share_image, name="share_image_of_site"),
    re_path(r"^images/share/(?P<address>[a-z0-9-]+(?:/[a-z0-9-]+)?)\.png$", share_image, name="share_image"),
    path("sitemap.xml", sitemap, name="sitemap"),
    path("sitemap-<slug:section>.xml", sitemap, name="sitemap_section"),
    path("feed/", feed, name="feed"),
    path("robots.txt", site_files.robots, name="robots"),
    path(".well-known/security.txt", site_files.security, name="security"),
    path("manifest.webmanifest", site_files.manifest, name="manifest"),
    path("favicon.ico", site_files.icon, {"name": "favicon.ico", "content_type": "image/vnd.microsoft.icon"}),
    path("apple-touch-icon.png", site_files.icon, {"name": "apple-touch-icon.png", "content_type": "image/png"}),
    re_path(
        r"^(?P<address>[a-z0-9-]+(?:/[a-z0-9-]+)?)/references\.(?P<extension>json|ris|bib)$",
        references,
        name="references",
    ),
    path("<slug:slug>/", views.topic_or_page, name="page"),
    path("<slug:topic>/<slug:slug>/", views.article, name="article"),
]
