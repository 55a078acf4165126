"""The library: what writers embed in pages by key, and the topics pages stand under."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from articles.admin.records import KeptRecords
from articles.admin.sentences import PlainForm
from articles.models import Block, Disclosure, Image, Offer, RevisionStatus, Story, Synonym, Topic
from articles.models.revision import UNDER_REVIEW
from articles.publishing.images import ImageRefused, Picture, missing_files, read_picture

IN_USE = [RevisionStatus.DRAFT, *UNDER_REVIEW, RevisionStatus.PUBLISHED]


def pages_with(kind: str, key: str) -> SafeString | str:
    """Links to the pages whose draft, revision under review or live page embeds this record."""
    # As the compiler writes it into the canonical text of a block: ["offer","case-review","<digest>"].
    mark = json.dumps([kind, key], ensure_ascii=False, separators=(",", ":"))[:-1] + ","
    found = (
        Block.objects.filter(canonical__contains=mark, revision__status__in=IN_USE)
        .order_by("revision__article__address", "revision__number")
        .values_list("revision__article_id", "revision__article__address", "revision__status")
        .distinct()
    )
    if not found:
        return "On no page."
    return format_html_join(
        "",
        '<div><a href="{}">{}</a> ({})</div>',
        (
            (reverse("admin:articles_article_change", args=[pk]), address, RevisionStatus(status).label.lower())
            for pk, address, status in found
        ),
    )


class Embedded(KeptRecords):
    """A record that pages embed by key: changing it asks for new signatures where it is used."""

    embed = ""
    search_fields = ["key"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        # Texts name a record by its key: with another key they would lose it.
        return [*super().get_readonly_fields(request, obj), "used_on", *(["key"] if obj else [])]

    @admin.display(description="used on")
    def used_on(self, record: Any) -> SafeString | str:
        return pages_with(self.embed, record.key) if record.pk else "On no page yet."


@admin.register(Topic)
class TopicAdmin(KeptRecords):
    list_display = ["name", "slug", "parent", "position"]
    list_select_related = ["parent"]
    search_fields = ["name", "slug"]
    fields = ["name", "slug", "summary", "parent", "position"]
    prepopulated_fields = {"slug": ["name"]}

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return {} if obj is not None else super().get_prepopulated_fields(request, obj)


class SynonymForm(PlainForm):
    """Capital letters and stray blanks are nobody's meaning: they are taken away rather than refused."""

    def clean_lay(self) -> str:
        return " ".join(self.cleaned_data["lay"].lower().split())

    def clean_clinical(self) -> str:
        return " ".join(self.cleaned_data["clinical"].lower().split())


@admin.register(Synonym)
class SynonymAdmin(KeptRecords):
    """Names that search takes for each other. A wrong one is deleted: its history stays."""

    form = SynonymForm
    list_display = ["lay", "clinical", "try_it"]
    list_display_links = ["lay", "clinical"]
    search_fields = ["lay", "clinical"]
    fields = ["lay", "clinical", "try_it"]
    readonly_fields = ["try_it"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return admin.ModelAdmin.has_delete_permission(self, request, obj)

    @admin.display(description="try it")
    def try_it(self, synonym: Synonym) -> SafeString | str:
        if not synonym.pk:
            return "After saving."
        return format_html_join(
            " · ",
            '<a href="{}/search/?{}">{}</a>',
            (
                (settings.PUBLIC_ORIGIN, urlencode({"q": words, "exact": "1"}), words)
                for words in (synonym.lay, synonym.clinical)
            ),
        )


@admin.register(Disclosure)
class DisclosureAdmin(KeptRecords):
    list_display = ["key", "text", "responsible_party"]
    search_fields = ["key", "responsible_party"]
    fields = ["key", "text", "responsible_party", "address"]


class OfferForm(PlainForm):
    points = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"}),
        help_text="Short bullet points, one on each line.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["points"] = "\n".join(self.instance.points)

    def clean_points(self) -> list[str]:
        points = [line.strip() for line in self.cleaned_data["points"].splitlines() if line.strip()]
        for number, point in enumerate(points, start=1):
            if len(point) > 200:
                raise forms.ValidationError(f"Point {number} is longer than 200 characters. Make it shorter.")
        return points


@admin.register(Offer)
class OfferAdmin(Embedded):
    form = OfferForm
    embed = "offer"
    list_display = ["key", "kind", "heading", "action_address", "disclosure"]
    list_filter = ["kind"]
    list_select_related = ["disclosure"]
    fields = [
        "key",
        "kind",
        "heading",
        "points",
        "action_label",
        "action_address",
        "disclosure",
        "image",
        "is_sample",
        "used_on",
    ]


@admin.register(Story)
class StoryAdmin(Embedded):
    embed = "story"
    list_display = ["key", "kind", "heading", "source", "consent_on"]
    list_filter = ["kind"]
    list_select_related = ["source"]
    fields = ["key", "kind", "heading", "typicality", "source", "consent_on", "is_sample", "used_on"]


class ImageForm(PlainForm):
    file = forms.FileField(
        label="Picture",
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        help_text="JPEG, PNG or WebP, up to 10 MB. It is drawn anew, without the place or camera it may carry. "
        "Another picture here asks for new signatures on every block that shows it.",
    )
    picture: Picture | None = None

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file is None:
            if not self.instance.pk:
                raise forms.ValidationError("Choose a picture: a JPEG, PNG or WebP file.")
            return None
        try:
            self.picture = read_picture(file)
        except ImageRefused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        return file


@admin.register(Image)
class ImageAdmin(Embedded):
    form = ImageForm
    embed = "image"
    list_display = ["key", "shown_small", "alt", "credit", "licence"]
    search_fields = ["key", "alt", "caption", "credit"]
    fields = [
        "key",
        "file",
        "shown",
        "weights",
        "alt",
        "decorative",
        "caption",
        "credit",
        "licence",
        "is_sample",
        "used_on",
    ]
    readonly_fields = ["shown", "weights"]

    @admin.display(description="as readers see it")
    def shown(self, image: Image) -> SafeString | str:
        if not image.pk:
            return "After saving."
        return format_html(
            '<img src="{}" alt="{}" width="{}" height="{}" class="desk-picture"><div>{} × {} pixels</div>',
            image.url,
            image.alt,
            image.width,
            image.height,
            image.width,
            image.height,
        )

    @admin.display(description="what browsers fetch")
    def weights(self, image: Image) -> SafeString | str:
        """Each rendition with its weight: a browser fetches one, of the first format it knows."""
        if not image.renditions:
            return "The picture as it is stored." if image.pk else "After saving."
        missing = missing_files(image)
        return render_to_string(
            "admin/articles/image_weights.html",
            {
                "renditions": [
                    {**made, "name": image.rendition_name(made["width"], made["extension"])}
                    for made in image.renditions
                ],
                "missing": missing,
            },
        )

    @admin.display(description="picture")
    def shown_small(self, image: Image) -> SafeString:
        return format_html('<img src="{}" alt="" class="desk-thumbnail" loading="lazy">', image.url)

    def save_model(self, request: HttpRequest, obj: Image, form: Any, change: bool) -> None:
        if form.picture is not None:
            form.picture.keep(obj)
        super().save_model(request, obj, form, change)
