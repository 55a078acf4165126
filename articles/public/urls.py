"""Where the public pages are. Last in the list: topics and articles, which answer for everything else."""

from django.urls import path, re_path

from articles.public import views
from articles.public.feedback import feedback, thank_you
from articles.public.references import references
from articles.public.search import search

app_name = "public"
urlpatterns = [
    path("", views.home, name="home"),
    path("search/", search, name="search"),
    path("feedback/", feedback, name="feedback"),
    path("feedback/thank-you/", thank_you, name="feedback_thanks"),
    path("people/<slug:slug>/", views.person, name="person"),
    re_path(r"^images/(?P<name>[0-9a-f]{24}\.(?:jpg|png|webp))$", views.image, name="image"),
    path("robots.txt", views.robots, name="robots"),
    re_path(
        r"^(?P<address>[a-z0-9-]+(?:/[a-z0-9-]+)?)/references\.(?P<extension>json|ris|bib)$",
        references,
        name="references",
    ),
    path("<slug:slug>/", views.topic_or_page, name="page"),
    path("<slug:topic>/<slug:slug>/", views.article, name="article"),
]
