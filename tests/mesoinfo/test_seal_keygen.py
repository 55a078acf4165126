"""manage.py seal_keygen: one pair, written once, never over another."""

import stat

import pytest
from django.core.management import CommandError, call_command

from mesoinfo import vault


@pytest.fixture
def keys(tmp_path, settings):
    settings.DESK_PUBLIC_KEY = tmp_path / "new" / "desk.public"
    settings.DESK_PRIVATE_KEY = tmp_path / "new" / "desk.private"
    return tmp_path / "new"


def test_it_writes_a_pair_that_belongs_together(keys, capsys):
    call_command("seal_keygen")
    private = vault.read_private_key(keys / "desk.private")
    assert vault.read_public_key(keys / "desk.public") == private.public
    assert sorted(path.name for path in keys.iterdir()) == ["desk.private", "desk.public"]


def test_only_its_owner_can_read_the_private_key(keys):
    call_command("seal_keygen")
    assert stat.S_IMODE((keys / "desk.private").stat().st_mode) == 0o600


def test_it_says_how_to_back_it_up_and_never_prints_the_key(keys, capsys):
    call_command("seal_keygen")
    said = capsys.readouterr().out
    assert "lost for ever" in said and "Print it" in said
    assert vault.read_private_key(keys / "desk.private").public.id in said
    assert (keys / "desk.private").read_text().splitlines()[2] not in said


def test_it_never_overwrites(keys):
    call_command("seal_keygen")
    before = (keys / "desk.private").read_bytes()
    with pytest.raises(CommandError, match="There is already a desk key"):
        call_command("seal_keygen")
    assert (keys / "desk.private").read_bytes() == before


def test_if_missing_is_quiet_when_both_are_there(keys, capsys):
    call_command("seal_keygen", "--if-missing")
    capsys.readouterr()
    call_command("seal_keygen", "--if-missing")
    assert capsys.readouterr().out == ""


def test_a_lost_public_half_is_written_again(keys, capsys):
    call_command("seal_keygen")
    before = (keys / "desk.public").read_bytes()
    (keys / "desk.public").unlink()
    call_command("seal_keygen", "--if-missing")
    assert (keys / "desk.public").read_bytes() == before


def test_a_public_key_without_its_private_half_is_not_replaced(keys):
    call_command("seal_keygen")
    (keys / "desk.private").unlink()
    with pytest.raises(CommandError, match="Put the private key back"):
        call_command("seal_keygen", "--if-missing")
    assert not (keys / "desk.private").exists()


def test_halves_of_two_pairs_are_not_taken_for_one(keys):
    call_command("seal_keygen")
    (keys / "desk.public").write_text(vault.key_text(vault.generate().public))
    with pytest.raises(CommandError, match="are not a pair"):
        call_command("seal_keygen", "--if-missing")


def test_a_place_that_cannot_be_written_is_named(keys, settings):
    keys.write_text("a file where the directory should be")
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("seal_keygen")
