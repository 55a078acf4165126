"""The vault: sealed with the desk's public key, opened only whole, in its place, with the private key."""

import base64
import json
from dataclasses import replace
from pathlib import Path

import pytest

from mesoinfo import vault

HERE = vault.Place(table="caseintake_sealedpayload", row="00000000-0000-4000-8000-000000000001", sequence=1, schema=1)
WORDS = "Grüße: it hurts to breathe.\x00 😷".encode()


@pytest.fixture(scope="module")
def key():
    return vault.generate()


@pytest.fixture
def sealed(key):
    return vault.seal(WORDS, place=HERE, key=key.public)


def test_what_was_sealed_comes_back_byte_for_byte(key, sealed):
    assert vault.open_sealed(sealed, place=HERE, key=key) == WORDS


@pytest.mark.parametrize("length", [0, 1, 4092, 4093, 16380, 16381, vault.LONGEST_PAYLOAD])
def test_every_length_comes_back_and_shows_only_one_of_three_sizes(key, length):
    payload = b"\x00" * length
    sealed = vault.seal(payload, place=HERE, key=key.public)
    assert len(sealed.envelope) in vault.ENVELOPE_SIZES
    assert len(sealed.wrapped_key) == vault.WRAPPED_KEY_SIZE
    assert vault.open_sealed(sealed, place=HERE, key=key) == payload


def test_a_short_and_a_long_message_look_the_same(key):
    assert len({len(vault.seal(b"a" * n, place=HERE, key=key.public).envelope) for n in (1, 500, 4000)}) == 1


def test_a_payload_that_is_too_long_is_refused_not_cut(key):
    with pytest.raises(vault.VaultRefused, match="too long to seal"):
        vault.seal(b"a" * (vault.LONGEST_PAYLOAD + 1), place=HERE, key=key.public)


def test_the_same_words_never_look_the_same_twice(key, sealed):
    again = vault.seal(WORDS, place=HERE, key=key.public)
    assert again.envelope[17:] != sealed.envelope[17:]
    assert again.wrapped_key[17:] != sealed.wrapped_key[17:]


def test_suite_and_key_id_lead_each_envelope(key, sealed):
    assert sealed.envelope[0] == sealed.wrapped_key[0] == vault.SUITE
    assert sealed.wrapped_key[1:17].hex() == sealed.desk_key_id == key.public.id


def test_another_desk_key_does_not_open_it_and_the_refusal_names_both_keys(key, sealed):
    other = vault.generate()
    with pytest.raises(vault.VaultRefused, match="Put the right key back") as refusal:
        vault.open_sealed(sealed, place=HERE, key=other)
    assert refusal.value.code == "wrong-key"
    assert key.public.id[:8] in str(refusal.value) and other.public.id[:8] in str(refusal.value)


def test_another_desk_key_that_claims_the_id_does_not_open_it(sealed):
    other = vault.generate()
    claimed = sealed.wrapped_key[:1] + bytes.fromhex(other.public.id) + sealed.wrapped_key[17:]
    with pytest.raises(vault.VaultRefused, match="does not open"):
        vault.open_sealed(vault.Sealed(sealed.envelope, claimed), place=HERE, key=other)


@pytest.mark.parametrize(
    "elsewhere",
    [
        replace(HERE, table="caseintake_personcopy"),
        replace(HERE, row="00000000-0000-4000-8000-000000000002"),
        replace(HERE, sequence=2),
        replace(HERE, schema=2),
    ],
)
def test_an_envelope_moved_to_another_place_does_not_open(key, sealed, elsewhere):
    with pytest.raises(vault.VaultRefused, match="changed, cut short or moved"):
        vault.open_sealed(sealed, place=elsewhere, key=key)


def test_payload_and_key_of_two_rows_cannot_be_mixed(key, sealed):
    other = vault.seal(b"other", place=HERE, key=key.public)
    for mixed in (
        vault.Sealed(sealed.envelope, other.wrapped_key),
        vault.Sealed(other.envelope, sealed.wrapped_key),
        vault.Sealed(other.envelope[:17] + sealed.envelope[17:], other.wrapped_key),
    ):
        with pytest.raises(vault.VaultRefused, match="does not open"):
            vault.open_sealed(mixed, place=HERE, key=key)


def test_no_byte_can_be_changed(key, sealed):
    for part in ("envelope", "wrapped_key"):
        whole = getattr(sealed, part)
        # Every byte of the headers and of the start; then one in a hundred, and the tag.
        for position in {*range(64), *range(64, len(whole), 101), *range(len(whole) - 16, len(whole))}:
            changed = bytearray(whole)
            changed[position] ^= 0x40
            with pytest.raises(vault.VaultRefused):
                vault.open_sealed(replace(sealed, **{part: bytes(changed)}), place=HERE, key=key)


def test_nothing_cut_short_opens(key, sealed):
    for part in ("envelope", "wrapped_key"):
        whole = getattr(sealed, part)
        for length in (0, 1, 16, 17, 29, 45, len(whole) // 2, len(whole) - 1):
            with pytest.raises(vault.VaultRefused):
                vault.open_sealed(replace(sealed, **{part: whole[:length]}), place=HERE, key=key)
        with pytest.raises(vault.VaultRefused):
            vault.open_sealed(replace(sealed, **{part: whole + b"\0"}), place=HERE, key=key)


def test_an_unknown_suite_is_said_to_be_unknown(key, sealed):
    with pytest.raises(vault.VaultRefused, match="in a way this version cannot open") as refusal:
        vault.open_sealed(replace(sealed, envelope=b"\x07" + sealed.envelope[1:]), place=HERE, key=key)
    assert refusal.value.code == "unknown-suite"


def test_envelopes_made_long_ago_still_open():
    """Fixed keys and envelopes, made once. If this fails, stored requests no longer open: do not change the file."""
    known = json.loads((Path(__file__).parent / "vault_known_answer.json").read_text())
    key = vault.PrivateKey(base64.b64decode(known["private_key"]))
    assert key.public.id == known["key_id"]
    assert base64.b64encode(key.public.raw).decode() == known["public_key"]
    sealed = vault.Sealed(base64.b64decode(known["envelope"]), base64.b64decode(known["wrapped_key"]))
    assert vault.open_sealed(sealed, place=vault.Place(**known["place"]), key=key).decode() == known["payload"]


def test_a_private_key_is_never_printed(key):
    assert base64.b64encode(key.raw).decode()[:20] not in repr(key)
    assert str(key.raw) not in repr(key)


def test_keys_come_back_from_their_files(key, tmp_path):
    (tmp_path / "private").write_text(vault.key_text(key))
    (tmp_path / "public").write_text(vault.key_text(key.public))
    assert vault.read_private_key(tmp_path / "private") == key
    assert vault.read_public_key(tmp_path / "public") == key.public


@pytest.mark.parametrize("read", [vault.read_private_key, vault.read_public_key])
def test_a_missing_key_file_is_named(read, tmp_path):
    with pytest.raises(vault.VaultRefused, match=f"There is no .* desk key at {tmp_path}/gone"):
        read(tmp_path / "gone")


@pytest.mark.parametrize("damage", ["", "nonsense", "swapped", "one letter", "short", "not ascii"])
def test_a_damaged_key_file_is_refused(key, tmp_path, damage):
    whole = vault.key_text(key)
    path = tmp_path / "desk.private"
    path.write_text(
        {
            "": "",
            "nonsense": "hello\nworld\nagain",
            "swapped": vault.key_text(key.public),
            "one letter": whole[:-20] + ("A" if whole[-20] != "A" else "B") + whole[-19:],
            "short": whole[:-30],
            "not ascii": whole + "é",
        }[damage]
    )
    with pytest.raises(vault.VaultRefused, match="is not a whole private desk key"):
        vault.read_private_key(path)


def test_a_data_key_wrapped_anew_opens_with_the_other_key_only_and_the_payload_stays(key):
    other = vault.generate()
    sealed = vault.seal(WORDS, place=HERE, key=key.public)
    wrapped = vault.wrap_anew(sealed, place=HERE, key=key, to=other.public)
    anew = replace(sealed, wrapped_key=wrapped)
    assert (len(wrapped), anew.desk_key_id) == (vault.WRAPPED_KEY_SIZE, other.public.id)
    assert vault.open_sealed(anew, place=HERE, key=other) == WORDS
    with pytest.raises(vault.VaultRefused, match="sealed for the desk key"):
        vault.open_sealed(anew, place=HERE, key=key)


def test_what_was_damaged_or_moved_is_not_wrapped_anew(key):
    other, sealed = vault.generate(), vault.seal(WORDS, place=HERE, key=key.public)
    moved, mixed = (
        replace(HERE, row="another"),
        replace(sealed, envelope=vault.seal(b"x", place=HERE, key=key.public).envelope),
    )
    for what, place in ((sealed, moved), (mixed, HERE), (replace(sealed, wrapped_key=sealed.wrapped_key[:-1]), HERE)):
        with pytest.raises(vault.VaultRefused, match="does not open"):
            vault.wrap_anew(what, place=place, key=key, to=other.public)


def test_what_was_sealed_for_a_retired_key_finds_it_beside_the_one_in_use(key, tmp_path):
    path, new = tmp_path / "desk.private", vault.generate()
    sealed = vault.seal(WORDS, place=HERE, key=key.public)
    path.write_text(vault.key_text(new))
    assert vault.read_private_key_for(sealed, path) == new
    vault.retired(path, key.public.id).write_text(vault.key_text(key))
    assert vault.read_private_key_for(sealed, path) == key
    assert vault.read_private_key_for(vault.seal(WORDS, place=HERE, key=new.public), path) == new
