"""The inspection of pages finds what it says it finds: one good page, and one fault at a time put into it."""

import pytest
from django.http import HttpResponse

from tests.pages import SUFFIX, assert_page, inspect

CSRF = '<input type="hidden" name="csrfmiddlewaretoken" value="x">'
GOOD = f"""<!DOCTYPE html>
<html lang="en"><head><title>Cases{SUFFIX}</title></head><body><main id="main">
<h1>Cases</h1>
<p data-user-text>None {{{{ x }}}} undefined</p>
<form method="post">{CSRF}
<label for="name">Name</label><input id="name" name="name" type="text" value="{{{{ x }}}}" aria-describedby="main">
<fieldset><legend>Place</legend>
<input type="radio" id="a" name="place" value="A"><label for="a">None of these</label>
<input type="radio" id="b" name="place" value="B"><label for="b">Home</label></fieldset>
<button>Save</button></form>
<a href="#main">Up</a><img src="/x.png" alt="">
<table><caption>All</caption><tr><th scope="col">One</th></tr><tr><td>1</td></tr></table>
<!--here-->
</main></body></html>"""
SUMMARY = '<div class="govuk-error-summary"><a href="#{}">Enter a name</a></div>'


def with_title(title: str) -> str:
    return GOOD.replace(f"<title>Cases{SUFFIX}</title>", f"<title>{title}</title>")


def test_a_good_page_has_no_fault() -> None:
    assert inspect(GOOD, url="/cases") == []
    assert assert_page(HttpResponse(GOOD)).h1.get_text() == "Cases"


@pytest.mark.parametrize(
    ("added", "fault"),
    [
        pytest.param("<p><div>x</div></p>", "not valid HTML", id="block inside a paragraph"),
        pytest.param("<section>x", "not valid HTML", id="not closed"),
        pytest.param("<p a=1 a=2>x</p>", "not valid HTML", id="attribute twice"),
        pytest.param("<main>x</main>", "one <main>", id="two mains"),
        pytest.param('<p id="a">x</p>', "the id 'a' stands 2 times", id="id twice"),
        pytest.param('<p id="">x</p>', "empty or has a space", id="empty id"),
        pytest.param("<h1>Again</h1>", "one h1, not 2", id="two h1"),
        pytest.param("<h3>Deep</h3>", "skips a level", id="level left out"),
        pytest.param("<h2> </h2>", "an empty h2", id="empty heading"),
        pytest.param('<input name="x" type="text">', "the input 'x' has no label", id="no label"),
        pytest.param(
            '<label for="z"></label><select id="z" name="z"></select>', "has no label", id="empty label"
        ),
        pytest.param(
            '<textarea name="x" aria-label=" "></textarea>', "the textarea 'x' has no label", id="blank"
        ),
        pytest.param('<input type="text" aria-label="x">', "has no name", id="never sent"),
        pytest.param('<label for="nobody">x</label>', "is for 'nobody'", id="label for nothing"),
        pytest.param('<label for="main">x</label>', "is for 'main'", id="label for no control"),
        pytest.param(
            '<input name="x" aria-label="x" autocomplete="nope">', "not a known purpose", id="autocomplete"
        ),
        pytest.param("<button></button>", "a button without text", id="button without text"),
        pytest.param("<fieldset><p>x</p></fieldset>", "a fieldset without a legend", id="no legend"),
        pytest.param(
            "<fieldset><legend></legend></fieldset>", "a fieldset without a legend", id="empty legend"
        ),
        pytest.param(
            '<input type="checkbox" name="c" value="1" aria-label="1"><input type="checkbox" name="c" aria-label="2">',
            "the 2 choices 'c' stand in no fieldset",
            id="choices without a group",
        ),
        pytest.param('<p aria-describedby="gone">x</p>', "names 'gone'", id="described by nothing"),
        pytest.param('<p aria-controls="gone">x</p>', "names 'gone'", id="controls nothing"),
        pytest.param('<a href="/x"></a>', "has no text", id="empty link"),
        pytest.param('<a href="#">x</a>', "leads nowhere", id="link to nowhere"),
        pytest.param("<a>x</a>", "leads nowhere", id="link without address"),
        pytest.param('<a href="javascript:x()">x</a>', "leads nowhere", id="script as address"),
        pytest.param('<a href="#gone">x</a>', "leads to '#gone'", id="broken link in the page"),
        pytest.param('<form method="post"><button>x</button></form>', "no CSRF token", id="no token"),
        pytest.param(f"<form>{CSRF}<button>x</button></form>", "into an address", id="token in an address"),
        pytest.param('<form action="/s"><p>x</p></form>', "has no button", id="no button"),
        pytest.param("<table><caption>x</caption><tr><td>1</td></tr></table>", "no header cells", id="no th"),
        pytest.param("<table><caption>x</caption><tr><th>1</th></tr></table>", "has no scope", id="no scope"),
        pytest.param('<table><tr><th scope="col">1</th></tr></table>', "without a caption", id="no caption"),
        pytest.param(
            '<table><caption>x</caption><tr><th scope="col"></th></tr></table>',
            "is empty",
            id="empty header cell",
        ),
        pytest.param('<img src="/x.png">', "has no alt", id="no alt"),
        pytest.param('<p onclick="x()">x</p>', "inline onclick", id="inline handler"),
        pytest.param('<p style="color:red">x</p>', "inline style", id="inline style"),
        pytest.param("<script>x()</script>", "without a nonce", id="inline script"),
        pytest.param("<p>Born: None</p>", "says 'None'", id="None"),
        pytest.param("<p>undefined</p>", "says 'undefined'", id="undefined"),
        pytest.param("<p>{{ name }}</p>", "says '{{'", id="template mark"),
        pytest.param("<p>{% if %}</p>", "says '{%'", id="template block"),
        pytest.param("<p>[object Object]</p>", "says '[object'", id="object"),
        pytest.param("<p>&lt;built-in method items&gt;</p>", "says '<built-in'", id="built-in"),
        pytest.param("<p>&lt;Draft object at 0x7f&gt;</p>", "says ' object at 0x'", id="an object's address"),
        pytest.param("<p>Tom &amp;amp; Ada</p>", "says '&amp;'", id="escaped twice"),
        pytest.param('<a href="/cases/None">x</a>', "shows a mistake", id="None in an address"),
        pytest.param('<input type="hidden" name="h" value="None">', "shows a mistake", id="None as a value"),
        pytest.param(
            '<textarea name="t" aria-label="t">None</textarea>', "begins with 'None'", id="None in a box"
        ),
    ],
)
def test_each_fault_is_found(added: str, fault: str) -> None:
    faults = inspect(GOOD.replace("<!--here-->", added), url="/cases")
    assert any(fault in found and found.startswith("/cases: ") for found in faults), faults


@pytest.mark.parametrize(
    ("html", "fault"),
    [
        pytest.param(GOOD.replace(' lang="en"', ""), "does not say its language", id="no language"),
        pytest.param(with_title("Cases"), "must be the h1 and the service", id="title without the service"),
        pytest.param(
            with_title(f"Other{SUFFIX}"), "must be the h1 and the service", id="title of another page"
        ),
        pytest.param(with_title(f"Error: Cases{SUFFIX}"), "exactly when", id="Error: without an error"),
        pytest.param(
            GOOD.replace("<!--here-->", SUMMARY.format("name")), "exactly when", id="error without Error:"
        ),
        pytest.param(
            with_title(f"Error: Cases{SUFFIX}").replace("<!--here-->", SUMMARY.format("gone")),
            "which is not there",
            id="error link to nothing",
        ),
        pytest.param(
            with_title(f"Error: Cases{SUFFIX}").replace("<!--here-->", SUMMARY.format("main")),
            "cannot take the focus",
            id="error link to text",
        ),
    ],
)
def test_each_fault_of_the_whole_page_is_found(html: str, fault: str) -> None:
    assert any(fault in found for found in inspect(html))


def test_a_page_with_errors_is_good_when_its_links_work() -> None:
    html = with_title(f"Error: Cases{SUFFIX}").replace("<!--here-->", SUMMARY.format("name"))
    assert inspect(html) == []
    assert assert_page(HttpResponse(html, status=422), status=422)


def test_a_wrong_status_or_a_fault_fails_the_test() -> None:
    with pytest.raises(AssertionError, match="404 instead of 200"):
        assert_page(HttpResponse(GOOD, status=404))
    with pytest.raises(AssertionError, match="one h1"):
        assert_page(HttpResponse(GOOD.replace("<h1>Cases</h1>", "")))
