"""Where the public pages are. Last in the list: topics and articles, which answer for everything else."""

from django.urls import path, re_path

from articles.public import glossary, people, views
from articles.public.feedback import feedback, thank_you
from articles.public.references import references
from articles.public.search import search, suggestions
from articles.public.site_map import site_map

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
    path("robots.txt", views.robots, name="robots"),
    re_path(
        r"^(?P<address>[a-z0-9-]+(?:/[a-z0-9-]+)?)/references\.(?P<extension>json|ris|bib)$",
        references,
        name="references",
    ),
    path("<slug:slug>/", views.topic_or_page, name="page"),
    path("<slug:topic>/<slug:slug>/", views.article, name="article"),
]
