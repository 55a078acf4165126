"""The small screen that asks before a step is taken: a form and a button. Whatever fails, what was typed comes back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from articles.admin.fields import ReasonField
from articles.models import TransitionRefused

Step = Callable[[dict[str, Any]], HttpResponse]  # takes what was given, answers with the way on: see done()


class ReasonForm(forms.Form):
    """Why a step is taken, in a sentence."""

    reason = ReasonField()


def ask(
    request: HttpRequest,
    form: forms.Form,
    step: Step,
    *,
    title: str,
    button: str,
    back: str,
    template: str = "admin/articles/form.html",
    **shown: Any,
) -> HttpResponse:
    """Ask with the form, then take the step; 400 with the form again if it has to be mended or the step raises
    TransitionRefused. `shown` is what else form.html takes.
    """
    if form.is_valid():
        try:
            return step(form.cleaned_data)
        except TransitionRefused as refusal:
            form.add_error(None, str(refusal))
    context = {
        **admin.site.each_context(request),
        "title": title,
        "form": form,
        "button": button,
        "back": back,
        **shown,
    }
    return TemplateResponse(request, template, context, status=400 if form.is_bound else 200)


def done(request: HttpRequest, sentence: str, to: str) -> HttpResponse:
    """Tell what came of a step, on the screen at this address."""
    messages.success(request, sentence)
    return redirect(to)
