"""{% case_review_form %}: the form that asks for help, on any page."""

from __future__ import annotations

from typing import Any

from django import template

from caseintake import surroundings
from caseintake.form import CaseReviewForm
from caseintake.models import Need
from caseintake.views import form_context

register = template.Library()


@register.inclusion_tag("caseintake/form_section.html")
def case_review_form(need: str = Need.CASE_REVIEW) -> dict[str, Any]:
    """The form with its heading. `need` says what is asked for: one of `caseintake.models.Need`.

    The same bytes for every visitor: no token, no cookie, nothing of the person's.
    """
    if need not in Need.values:
        raise template.TemplateSyntaxError(f"case_review_form: need is {need!r}. Use one of {', '.join(Need.values)}.")
    form = CaseReviewForm(initial={"need": need}, around=surroundings.current())
    return form_context(form, need=need)
