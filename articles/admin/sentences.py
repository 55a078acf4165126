"""What the database promises, told to the person whose form it refused.

A broken constraint has a name and a trigger has a sentence; neither may end in an error page, and nothing
typed may be lost. `PlainRefusals` shows the same form again with the sentence.
"""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse

from articles.models.article import PAGE_ADDRESSES

PLAIN_KEY = "Use small letters, figures and single hyphens only, such as case-review."

# By name of the constraint: the field it is about, and what to say.
CONSTRAINTS: dict[str, tuple[str, str]] = {
    "an_article_has_a_topic_and_a_page_its_own_address": (
        "topic",
        "An article and a topic introduction have a topic. A page of the site has none, and stands at one of: "
        + ", ".join(PAGE_ADDRESSES)
        + ". A glossary term has none either, and stands at glossary/ and its name.",
    ),
    "an_article_has_a_risk_class": ("risk_class", "Choose how much harm a wrong sentence could do."),
    "a_live_article_has_a_page_and_its_dates": ("", "A page that is live keeps its dates."),
    "one_byline_per_person_and_role": ("", "Each person is named once in each role."),
    "only_pages_below_a_topic_move": ("address", "The introduction of a topic and the site's own pages stay in place."),
    "a_byline_has_a_known_role": ("role", "Choose a role from the list."),
    "whoever_is_quoted_has_agreed": ("agreed_on", "Give the day this person agreed to be quoted with their name."),
    "a_topic_address_is_plain": ("slug", PLAIN_KEY),
    "a_topic_takes_no_reserved_address": ("slug", "The site itself answers at this address. Choose another."),
    "a_topic_is_not_its_own_parent": ("parent", "A topic cannot stand under itself."),
    "a_persons_address_is_plain": ("slug", PLAIN_KEY),
    "a_person_has_a_name": ("name", "Give the name as readers should see it."),
    "a_verification_says_who_and_when": ("", "A verified credential says who checked it and when."),
    "an_interest_is_stated": ("statement", "Say what the interest is, or: None to declare."),
    "one_scope_per_person_and_topic": ("", "This person already has a review scope for this topic."),
    "a_disclosure_key_is_plain": ("key", PLAIN_KEY),
    "a_disclosure_says_what_who_and_where": ("", "A disclosure needs its text, who answers for it, and where."),
    "an_image_key_is_plain": ("key", PLAIN_KEY),
    "an_image_is_described_or_decorative": (
        "alt",
        "Describe what the picture shows for people who cannot see it, or tick decorative and leave this empty.",
    ),
    "an_image_keeps_licence_and_credit": ("credit", "Say who made the picture and under which licence we use it."),
    "an_offer_key_is_plain": ("key", PLAIN_KEY),
    "an_offer_has_a_known_kind": ("kind", "Choose a kind from the list."),
    "a_legal_offer_carries_its_disclosure": (
        "disclosure",
        "An offer of legal help needs its disclosure: who pays for it and who answers for it.",
    ),
    "an_offer_leads_to_a_page_or_place": (
        "action_address",
        "Give a page of this site (/free-case-review/), a place on the page (#help) or an address that starts "
        "with https://.",
    ),
    "an_offer_has_a_heading_and_a_label": ("heading", "An offer needs a heading and the words on its button."),
    "a_story_key_is_plain": ("key", PLAIN_KEY),
    "a_story_says_how_typical_it_is": ("typicality", "Say how this compares with what most people can expect."),
    "a_story_has_a_source_or_consent": (
        "",
        "A case report needs its source. A personal story needs the day on which the person agreed.",
    ),
    "a_synonym_is_plain_words_in_small_letters": (
        "",
        "Write names as people type them: words with single blanks between, no commas, brackets or quotation marks.",
    ),
    "a_synonym_has_words_to_search_for": (
        "",
        "One of these has only small words such as “the” or “with”, which search leaves out. Add one that says more.",
    ),
    "a_synonym_is_not_its_own": ("clinical", "To search these are the same words already. Give another name."),
    "one_synonym_per_pair": ("", "These two are synonyms already, one way or the other."),
    "there_is_one_row_of_site_settings": ("", "There is one set of site settings. Change that one."),
    "the_citation_style_is_one_we_have": ("citation_style", "Choose one of the styles in the list."),
    "a_phone_number_says_its_hours": ("phone_hours", "Say when somebody answers the telephone."),
    "a_case_review_is_marked_as_advertising": (
        "advertising_notice",
        "Say that it is attorney advertising, and who pays for it.",
    ),
    "one_user_per_email_in_any_case": ("email", "Somebody already signs in with this address."),
}
# By what the trigger says: the field it is about.
TRIGGERS = {
    "the introduction of a topic stands at the address of the topic": "address",
    "the address of an article is its topic, a slash, and small letters and figures": "address",
    "a published term keeps its address, because texts mark it by that": "address",
    "this address leads to another page, because people have linked to it": "address",
    "the address of a person does not change, because people have linked to it": "slug",
    "the address of a topic does not change, because people have linked to it": "slug",
    "a topic cannot stand under one of its own topics": "parent",
    "a page stays of high risk while a revision of it is under review": "risk_class",
    "a person who has signed keeps their account": "user",
    "a person with a verified credential keeps their account: it was checked for them": "user",
    "nobody takes the account of a person they granted a review scope to": "user",
}
NAME = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b")


def plain(error: IntegrityError) -> tuple[str, str]:
    """The field a refusal of the database is about (empty for the whole form), and a sentence that tells it."""
    told = getattr(error.__cause__, "diag", None)
    name = (told and told.constraint_name) or ""
    if name in CONSTRAINTS:
        return CONSTRAINTS[name]
    message = (told and told.message_primary) or str(error).strip().split("\n")[0]
    if name:
        return "", f"The database refused this, because: {name.replace('_', ' ')}."
    return TRIGGERS.get(message, ""), f"{message[:1].upper()}{message[1:]}."


class PlainForm(forms.ModelForm):
    """A form that tells broken constraints in plain sentences, beside the field they are about."""

    refusal: tuple[str, str] | None = None  # what the database said when this form was saved a moment ago

    def _update_errors(self, errors: ValidationError) -> None:
        if not hasattr(errors, "error_dict"):
            super()._update_errors(errors)  # type: ignore[misc]  # a hook of ModelForm, untyped
            return
        kept = []
        for error in errors.error_dict.pop(NON_FIELD_ERRORS, []):
            found = next((name for name in NAME.findall(" ".join(error.messages)) if name in CONSTRAINTS), "")
            if found:
                self.tell(*CONSTRAINTS[found])
            else:
                kept.append(error)
        if kept:
            errors.error_dict[NON_FIELD_ERRORS] = kept
        if errors.error_dict:
            super()._update_errors(errors)  # type: ignore[misc]  # as above

    def full_clean(self) -> None:
        super().full_clean()
        if self.refusal and self.is_bound:
            self.tell(*self.refusal)

    def tell(self, field: str, sentence: str) -> None:
        """Show the sentence beside its field, or above the form when the field is not on it."""
        self.add_error(field if field in self.fields else None, sentence)


class PlainRefusals(admin.ModelAdmin):
    """An admin form that is shown again, with a sentence, when the database refuses what it holds."""

    form = PlainForm

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        refusal = getattr(request, "refusal", None)
        return type(form.__name__, (form,), {"refusal": refusal}) if refusal else form

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except IntegrityError as error:
            # The transaction is rolled back. The same form, bound to the same words, now fails with the reason.
            request.refusal = plain(error)  # type: ignore[attr-defined]  # read in get_form
            for _, uploads in request.FILES.lists():
                for upload in uploads:
                    upload.seek(0)
            return super().changeform_view(request, object_id, form_url, extra_context)
