"""Consent: people agree to published words, and those words stay."""

from django.core.management import call_command

from caseintake.consent import publish_wording
from caseintake.models import ConsentText
from mesoinfo.models import SiteSettings

from .conftest import words_in_force


def test_a_new_site_has_its_words_from_the_start(db):
    text = words_in_force()
    assert text.version == 1
    assert "including health details, to reply to me." in text.body


def test_the_words_name_the_publisher(site):
    assert "Sample Press may keep and use" in words_in_force().body


def test_a_new_name_is_a_new_version_and_the_old_one_is_kept(site):
    site.publisher_name = "Other Press"
    site.save()
    versions = list(ConsentText.objects.filter(kind="use_to_reply").order_by("version"))
    assert [text.retired_at is None for text in versions] == [False, False, True]
    assert "Sample Press" in versions[1].body and "Other Press" in versions[2].body


def test_saving_without_a_change_publishes_nothing(site):
    before = ConsentText.objects.count()
    site.phone_hours = "Any day"
    site.save()
    publish_wording("Sample Press")
    assert ConsentText.objects.count() == before


def test_a_name_that_comes_back_is_a_version_of_its_own(site):
    for name in ("Other Press", "Sample Press"):
        SiteSettings.objects.get().delete()
        SiteSettings.objects.create(publisher_name=name, about="")
    assert words_in_force().version == 4
    assert ConsentText.objects.filter(kind="use_to_reply", body__contains="Sample Press").count() == 2


def test_migrating_again_changes_nothing(site):
    before = list(ConsentText.objects.values())
    call_command("migrate", verbosity=0)
    assert list(ConsentText.objects.values()) == before
