"""manage.py seal_keygen: one pair, written once, never over another."""

import stat

import pytest
from django.core.management import CommandError, call_command

from mesoinfo import durable, vault


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


def ids(keys):
    """The id of the key in use, of its public half, and of the retired ones."""
    private, public = vault.read_private_key(keys / "desk.private"), vault.read_public_key(keys / "desk.public")
    return private.public.id, public.id, {path.suffix[1:] for path in keys.glob("desk.private.*")}


def test_another_pair_takes_its_place_and_the_old_key_stays_beside_it(keys, capsys):
    call_command("seal_keygen")
    old, _, _ = ids(keys)
    call_command("seal_keygen", "--anew")
    new, public, retired = ids(keys)
    assert (new, {old}) == (public, retired)
    assert new != old
    assert vault.read_private_key(keys / f"desk.private.{old}").public.id == old
    assert stat.S_IMODE((keys / f"desk.private.{old}").stat().st_mode) == 0o600
    said = capsys.readouterr().out
    assert f"Made the desk key {new}" in said and "manage.py rotate_keys" in said


def test_a_desk_may_have_several_retired_keys(keys):
    call_command("seal_keygen")
    first, _, _ = ids(keys)
    call_command("seal_keygen", "--anew")
    second, _, _ = ids(keys)
    call_command("seal_keygen", "--anew")
    assert ids(keys)[2] == {first, second}


@pytest.mark.parametrize("killed_at", ["write_new", "write_over", "the second write_over"])
def test_killed_at_any_step_it_opens_all_that_was_sealed_and_goes_on(keys, monkeypatch, killed_at):
    call_command("seal_keygen")
    old, _, _ = ids(keys)
    step, written = killed_at.split()[-1], []
    write = getattr(durable, step)

    def killed(path, *what):
        written.append(path)
        if len(written) == (2 if "second" in killed_at else 1):
            raise KeyboardInterrupt
        write(path, *what)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(durable, step, killed)
        call_command("seal_keygen", "--anew")
    private, public, retired = ids(keys)
    assert public in {private} | retired
    call_command("seal_keygen", "--anew")
    new, public, retired = ids(keys)
    assert new == public != old
    assert old in retired


def test_halves_of_two_pairs_are_not_replaced(keys):
    call_command("seal_keygen")
    (keys / "desk.public").write_text(vault.key_text(vault.generate().public))
    with pytest.raises(CommandError, match="are not a pair"):
        call_command("seal_keygen", "--anew")


def test_a_desk_without_a_key_gets_its_first(keys):
    call_command("seal_keygen", "--anew")
    assert ids(keys)[2] == set()
