"""What the start-up checks say of the spool."""

import pytest

from caseintake.checks import the_spool_can_be_used
from caseintake.spool import SET_ASIDE


def told():
    return [message.id for message in the_spool_can_be_used()]


def test_a_spool_that_is_there_or_can_be_made_is_fine(settings):
    assert told() == []
    settings.SPOOL_DIR.mkdir(mode=0o700)
    assert told() == []


def test_one_that_cannot_be_written_stops_the_site_and_not_the_desk(settings, tmp_path):
    (tmp_path / "file").write_text("")
    settings.SPOOL_DIR = tmp_path / "file" / "spool"
    assert told() == ["caseintake.E001"]
    settings.TIER = "desk"
    assert told() == []


@pytest.mark.parametrize("mode", [0o750, 0o705])
def test_one_that_others_look_into_is_told(settings, mode):
    settings.SPOOL_DIR.mkdir(mode=0o700)
    settings.SPOOL_DIR.chmod(mode)
    assert told() == ["caseintake.W002"]


def test_what_was_set_aside_is_told(settings):
    (settings.SPOOL_DIR / SET_ASIDE).mkdir(mode=0o700, parents=True)
    settings.SPOOL_DIR.chmod(0o700)
    (settings.SPOOL_DIR / SET_ASIDE / "request-1.parcel").write_text("{}")
    assert told() == ["caseintake.W003"]
