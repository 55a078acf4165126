"""The public addresses of the case intake."""

from django.urls import path

from caseintake import views

urlpatterns = [
    path("free-case-review/", views.case_review, name="case_review"),
]
