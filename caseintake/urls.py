"""The public addresses of the case intake."""

from django.urls import path

from caseintake import person_views, views

urlpatterns = [
    path("free-case-review/", views.case_review, name="case_review"),
    path("free-case-review/more/", person_views.more, name="case_review_more"),
    path("my-request/", person_views.my_request, name="my_request"),
]
