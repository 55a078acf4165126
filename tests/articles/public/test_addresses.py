"""The addresses of the links, for paper: each once, with the letter of every link that leads there."""

from __future__ import annotations

from articles.public.addresses import letter, printed_addresses

TEXT = """<p>See <a href="/resources/">help</a>, <a rel="noopener" href="https://a.example/?b=1&amp;c=2">trials</a>
    and <a href="/resources/">help</a> again.<span class="cite"><a id="cite-1" href="#ref-one">1</a></span>
    A <a class="term" href="#word-pleura">pleura</a>; call <a href="tel:911">911</a>, write to
    <a href="mailto:a@b.example">us</a>, text <a href="sms:988">988</a>.</p>
    <aside class="offer offer-guide"><p><a class="offer-action" href="/guide/">Get it</a></p></aside>
    <aside class="trial" role="note"><a href="https://b.example/">Its record</a></aside>"""


def test_each_address_stands_once_with_the_letters_of_its_links() -> None:
    assert [(one.href, one.letters, one.is_ours) for one in printed_addresses(TEXT)] == [
        ("/resources/", ["a", "c"], True),
        ("https://a.example/?b=1&c=2", ["b"], False),
        ("https://b.example/", ["d"], False),
    ]


def test_a_text_without_links_has_no_list() -> None:
    assert printed_addresses('<p>Plain <a href="#part">words</a>.</p>') == []


def test_after_z_comes_aa() -> None:
    assert [letter(number) for number in (1, 26, 27, 52, 53, 702, 703)] == ["a", "z", "aa", "az", "ba", "zz", "aaa"]
