"""A page that is read without html5lib is read as html5lib reads it, and one with a fault is left to html5lib."""

from __future__ import annotations

import re

import pytest
from bs4 import BeautifulSoup

from tests import plain_html
from tests.pages import _Builder, _Html5lib

FRAME = (
    '<!DOCTYPE html>\n<html lang="en">\n <head>\n  <meta charset="utf-8">\n  <title>A &amp; B</title>\n'
    '  <script nonce="x">if (1 < 2 && 3) {{ }}</script>\n </head>\n <body class="a  b">{}\n </body>\n</html>\n'
)
#: One of everything that our pages have.
PAGE = FRAME.format("""
<a class="skip" href="#main">Skip</a>
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" focusable="false">
<title>Logo</title><g><path d="M0"/></g></svg>
<div><main id="main"><h1>Heading</h1>
<p data-user-text>One<br>two &lt;three&gt; <strong>four <bdi>five</bdi></strong></p>
<ul><li>One <a href="/x?a=1&amp;b=2">link</a></li><li><ol><li>Deep</li></ol></li></ul>
<dl><div><dt>Key</dt><dd>Value</dd></div></dl><dl><dt>Key</dt><dd><p>Value</p></dd></dl>
<form method="post"><fieldset><legend>Which?</legend><label for="i">Text</label><input id="i" name="i" disabled>
<select name="s"><option value="">None</option><optgroup label="o"><option selected>One</option></optgroup></select>
<textarea name="t">
 kept &quot;text&quot; </textarea><button>Save</button></fieldset></form>
<table><caption>C</caption><thead><tr><th scope="col">H</th></tr></thead>
<tbody><tr><td>D<p>d</p></td></tr></tbody></table>
<details><summary>More</summary><div>Text</div></details></main></div><script src="/a.js"></script>
""")
TOKENS = [found.span() for found in re.finditer(r"<[^>]+>", PAGE)]


def both(html: str) -> tuple[bool, BeautifulSoup, BeautifulSoup, list[object]]:
    """Whether it is plain, the tree that tests get, that of html5lib, and what html5lib complains of."""
    ours, theirs = _Builder(), _Html5lib()
    pages = BeautifulSoup(html, builder=ours), BeautifulSoup(html, builder=theirs)
    assert ours.errors == theirs.errors
    return plain_html.read(BeautifulSoup("", builder=_Html5lib()), html), *pages, theirs.errors


def test_what_our_pages_are_made_of_is_plain() -> None:
    is_plain, ours, theirs, errors = both(PAGE)

    assert is_plain
    assert errors == []
    plain_html.must_be_alike(ours, theirs)


@pytest.mark.parametrize("change", ["gone", "twice", "with the next"])
@pytest.mark.slow
def test_one_tag_changed_anywhere_makes_no_difference_between_the_two(change: str) -> None:
    """Each tag of the page in turn: taken out, written twice, or exchanged with the one behind it."""
    left_to_html5lib = 0
    for (start, end), (following, its_end) in zip(TOKENS, [*TOKENS[1:], TOKENS[-1]], strict=True):
        tag, after = PAGE[start:end], PAGE[following:its_end]
        html = {
            "gone": PAGE[:start] + PAGE[end:],
            "twice": PAGE[:end] + tag + PAGE[end:],
            "with the next": PAGE[:start] + after + PAGE[end:following] + tag + PAGE[its_end:],
        }[change]

        is_plain, ours, theirs, errors = both(html)

        plain_html.must_be_alike(ours, theirs)
        assert not (is_plain and errors), (tag, errors)
        left_to_html5lib += not is_plain
    assert left_to_html5lib > len(TOKENS) / 2


@pytest.mark.parametrize(
    "html",
    [
        "<p>One<p>Two", "<p><div>In</div></p>", "<b><i>Crossed</b></i>", "<a><span><a>Again</a></span></a>",
        "<table><tr><td>Without a body</td></tr></table>", "<table>Text</table>", "<div/>", "<DIV></DIV>",
        "<p class=bare>Text</p>", "<p class='single'>Text</p>", '<p id="a" id="b">Text</p>', "<p>A & B</p>",
        "<p>&nosuch;</p>", "<p>&amp</p>", "<p>&#0;</p>", "<p>&#128;</p>", "<p>&#x41;</p>", "<p>\x00</p>",
        "<p>\x0b</p>", "<p>One\r\ntwo\rthree</p>", "<p>🙂 &copy; &NotEqualTilde;</p>", "<!-- Note -->", "<p>a < b</p>",
        "<textarea>\n\nTwo lines</textarea>", "<textarea>&#10;One</textarea>", "<textarea><b>Text</b></textarea>",
        "<script><!-- <script> </script>", "<pre>\nText</pre>", "<svg><path/><p>Out</p></svg>", "<svg><g/></svg>",
        '<svg viewbox="0" xlink:href="#a" xml:lang="en"></svg>', "<select><select></select></select>",
        "<select><p>Text</p></select>", "<li>Alone</li>", "<ul><div><li>A</li></div></ul>", "<dt>Alone</dt>",
        "<h1><h2>Two</h2></h1>", "<button><button>Two</button></button>", "<form><div><form></form></div></form>",
        "</p>", "</br>", "<body class='c'>", "<template><p>In</p></template>", "<noscript><p>In</p></noscript>",
        "<iframe></iframe>", "<p", "<title>Second</title>", "text at the end", "<math><mi>x</mi></math>",
        "<b><p>One</p></b><b><p>Two</p></b>", "<div><p><strong>S</strong></p></div>", "<strong><div>D</div></strong>",
    ],
)  # fmt: skip
def test_what_is_hard_to_read_is_read_alike(html: str) -> None:
    is_plain, ours, theirs, errors = both(FRAME.format(html))

    plain_html.must_be_alike(ours, theirs)
    assert not (is_plain and errors)


@pytest.mark.parametrize(
    "html", ["", "<p>Text</p>", PAGE.removeprefix("<!DOCTYPE html>"), PAGE + "<p>After</p>", PAGE + " \n"]
)
def test_what_is_no_whole_page_is_read_alike(html: str) -> None:
    _, ours, theirs, _ = both(html)
    if html:
        plain_html.must_be_alike(ours, theirs)
