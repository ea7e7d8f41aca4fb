"""What must hold on every page that a test fetches, whoever it is for and whatever it shows.

Knows HTML and the GOV.UK page frame; must not know any one page.

A page may show text that a user typed or another system sent, and that text may look like a programming
mistake ("None", "{{ name }}"). The element around such text carries the attribute ``data-user-text``; inside it
the search for such marks is skipped. The values of inputs count as user text too.
"""

import os
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import html5lib
from bs4 import BeautifulSoup, NavigableString, Tag
from bs4.builder import HTML5TreeBuilder
from django.http import HttpResponse

from tests import plain_html
from tests.stiff_words import stiff_words

#: Reads every page twice, which takes its time, and expects the same tree.
COMPARES = "COMPARE_PARSERS" in os.environ
SUFFIX = " – Refer and monitor an intervention"
ERROR_PREFIX = "Error: "
# Typed control characters are shown as typed; the parser reports them, readers do not notice.
TOLERATED_PARSE_ERRORS = {"invalid-codepoint"}
MISTAKES = re.compile(
    r"\bNone\b(?! of\b)|\b[Uu]ndefined\b|\{\{|\{%"
    r"|\[object|<built-in|<function|<bound method| object at 0x|&(amp|lt|gt|quot|#\d+);"
)
HEADING = re.compile(r"h[1-6]$")
LABELABLE = ("input", "select", "textarea", "button", "meter", "output", "progress")
AUTOCOMPLETE = {
    "on", "off", "name", "honorific-prefix", "given-name", "additional-name", "family-name", "username",
    "new-password", "current-password", "one-time-code", "organization", "organization-title",
    "street-address", "address-line1", "address-line2", "address-level2", "postal-code", "country-name",
    "bday", "bday-day", "bday-month", "bday-year", "tel", "email", "url",
}  # fmt: skip


def assert_page(response: HttpResponse, status: int = 200) -> BeautifulSoup:
    """Expect ``status`` and a page without faults; return it for the test's own questions."""
    html = response.content.decode()
    url = str(getattr(response, "request", {}).get("PATH_INFO", ""))
    assert response.status_code == status, f"{url}: {response.status_code} instead of {status}\n{html[:2000]}"
    page, faults = _read(html, url)
    assert not faults, "\n".join(faults)
    return page


def inspect(html: str, *, url: str = "") -> list[str]:
    """Every fault of one page, each as a sentence that begins with its address; none for a good page."""
    return _read(html, url)[1]


class _Builder(HTML5TreeBuilder):
    """Keeps what html5lib complained of, so that a page is parsed once for its tree and its faults."""

    errors: list[tuple[tuple[int, int], str, dict[str, Any]]]  # place, code, particulars

    def feed(self, markup: Any) -> None:
        """As the original for text; it lets go of the parser and its complaints."""
        self.errors = []
        if plain_html.read(self.soup, markup):
            if COMPARES:
                plain_html.must_be_alike(self.soup, BeautifulSoup(markup, builder=_Html5lib()))
            return
        self._feed_to_html5lib(markup)

    def _feed_to_html5lib(self, markup: Any) -> None:
        parser = html5lib.HTMLParser(tree=self.create_treebuilder)
        self.underlying_builder.parser = parser
        parser.parse(markup).original_encoding = None
        self.underlying_builder.parser = None
        self.errors = parser.errors


class _Html5lib(_Builder):
    """Html5lib, even for a page that is plainly right."""

    def feed(self, markup: Any) -> None:
        """As the parent would, if it were not."""
        self._feed_to_html5lib(markup)


class _Index:
    """What the checks ask for, gathered in one walk through the page: asking the tree each time took most of it."""

    def __init__(self, page: BeautifulSoup) -> None:
        self.tags: list[Tag] = []
        self.texts: list[NavigableString] = []
        for node in page.descendants:
            if isinstance(node, Tag):
                self.tags.append(node)
            elif isinstance(node, NavigableString):
                self.texts.append(node)
        self.ids: dict[str, Tag] = {str(tag.attrs["id"]): tag for tag in self.tags if "id" in tag.attrs}
        self._named: dict[str, list[Tag]] = {}
        for tag in self.tags:
            self._named.setdefault(tag.name, []).append(tag)

    def named(self, *names: str) -> list[Tag]:
        """All elements of these names, those of the first name first."""
        return [tag for name in names for tag in self._named.get(name, ())]

    def first(self, name: str) -> Tag | None:
        """The first element of a name."""
        return next(iter(self._named.get(name, ())), None)

    def with_attribute(self, name: str) -> list[Tag]:
        """All elements that have an attribute."""
        return [tag for tag in self.tags if name in tag.attrs]


def _read(html: str, url: str) -> tuple[BeautifulSoup, list[str]]:
    builder = _Builder()
    page = BeautifulSoup(html, builder=builder)
    checks = (
        _structure, _ids, _headings, _title, _language, _controls, _groups, _references, _links, _forms,
        _tables, _images, _inline_code, _marks, _stiff_words,
    )  # fmt: skip
    index = _Index(page)
    faults = [*_validity(builder), *(fault for check in checks for fault in check(index))]
    return page, [f"{url}: {fault}" for fault in faults]


def _validity(builder: _Builder) -> Iterator[str]:
    for (line, _), code, details in builder.errors:
        if code not in TOLERATED_PARSE_ERRORS:
            yield f"line {line} is not valid HTML: {code} {details.get('name', '')}".rstrip()


def _structure(page: _Index) -> Iterator[str]:
    if len(page.named("main")) != 1:
        yield "there must be one <main>"


def _ids(page: _Index) -> Iterator[str]:
    counted = Counter(str(tag["id"]) for tag in page.with_attribute("id"))
    for name, count in counted.items():
        if count > 1:
            yield f"the id {name!r} stands {count} times"
        if not name or re.search(r"\s", name):
            yield f"the id {name!r} is empty or has a space"


def _headings(page: _Index) -> Iterator[str]:
    headings = [tag for tag in page.tags if HEADING.match(tag.name)]
    firsts = [heading for heading in headings if heading.name == "h1"]
    if len(firsts) != 1:
        yield f"there must be one h1, not {len(firsts)}"
    level = 1  # the error summary and banners are h2 above the h1
    for heading in headings:
        if not _said(heading):
            yield f"an empty {heading.name}"
        own = int(heading.name[1])
        if own > level + 1:
            yield f"{heading.name} “{_said(heading)}” skips a level"
        level = own


def _title(page: _Index) -> Iterator[str]:
    heading, element = page.first("h1"), page.first("title")
    title = _said(element) if element else ""
    has_errors = any("govuk-error-summary" in tag.attrs.get("class", ()) for tag in page.tags)
    if title.startswith(ERROR_PREFIX) != has_errors:
        yield f"the title must begin with “Error: ” exactly when there is an error summary: {title!r}"
    expected = f"{_said(heading)}{SUFFIX}" if heading else ""
    if title.removeprefix(ERROR_PREFIX) != expected:
        yield f"the title {title!r} must be the h1 and the service: {expected!r}"


def _language(page: _Index) -> Iterator[str]:
    html = page.first("html")
    if html is None or not html.get("lang"):
        yield "the page does not say its language"


def _controls(page: _Index) -> Iterator[str]:
    for control in page.named("input", "select", "textarea"):
        kind = control.get("type")
        if kind == "hidden":
            continue
        name = control.get("name") or control.get("id")
        if kind in ("submit", "button"):
            if not control.get("value"):
                yield f"the button {name!r} has no text"
            continue
        if not _label(page, control):
            yield f"the {control.name} {name!r} has no label"
        if not control.get("name"):
            yield f"the {control.name} {name!r} has no name, so it is never sent"
    for control in page.with_attribute("autocomplete"):
        if control["autocomplete"] not in AUTOCOMPLETE:
            yield f"autocomplete={control['autocomplete']!r} is not a known purpose"
    for button in page.named("button"):
        if not _said(button) and not button.get("aria-label"):
            yield "a button without text"
    for label in page.named("label"):
        if not _said(label):
            yield f"the label for {label.get('for')!r} is empty"


def _label(page: _Index, control: Tag) -> str:
    if control.get("aria-label"):
        return str(control["aria-label"]).strip()
    if control.get("aria-labelledby"):
        named = (page.ids.get(name) for name in str(control["aria-labelledby"]).split())
        return " ".join(_said(tag) for tag in named if tag)
    labels = (label for label in page.named("label") if label.get("for") == control.get("id"))
    label = next(labels, None) if control.get("id") else None
    label = label or control.find_parent("label")
    return _said(label) if label else ""


def _groups(page: _Index) -> Iterator[str]:
    for fieldset in page.named("fieldset"):
        legend = fieldset.find("legend")
        if not legend or not _said(legend):
            yield "a fieldset without a legend"
    groups = Counter(
        (str(control["name"]), control.find_parent("fieldset") is not None)
        for control in page.named("input")
        if control.get("type") in ("radio", "checkbox") and control.get("name")
    )
    for (name, is_grouped), count in groups.items():
        if count > 1 and not is_grouped:
            yield f"the {count} choices {name!r} stand in no fieldset"


def _references(page: _Index) -> Iterator[str]:
    lists = ("aria-describedby", "aria-labelledby", "aria-controls", "data-aria-controls", "aria-owns")
    for attribute in lists:
        for tag in page.with_attribute(attribute):
            for name in str(tag[attribute]).split():
                if name not in page.ids:
                    yield f"{attribute} of <{tag.name}> names {name!r}, which is not there"
    for label in page.named("label"):
        if "for" not in label.attrs:
            continue
        target = page.ids.get(str(label["for"]))
        if target is None or target.name not in LABELABLE:
            yield f"a label is for {label['for']!r}, which is no control"


def _links(page: _Index) -> Iterator[str]:
    for link in page.named("a"):
        href = str(link.get("href", ""))
        said = _said(link) or str(link.get("aria-label", "")).strip()
        if not said:
            yield f"the link to {href!r} has no text"
        if href in ("", "#") or href.lower().startswith("javascript:"):
            yield f"the link “{said}” leads nowhere: {href!r}"
        if href.startswith("#") and len(href) > 1 and href[1:] not in page.ids:
            yield f"the link “{said}” leads to {href!r}, which is not there"
    summaries = [tag for tag in page.tags if "govuk-error-summary" in tag.attrs.get("class", ())]
    for link in (link for summary in summaries for link in summary.find_all("a")):
        target = page.ids.get(str(link.get("href", ""))[1:])
        if target is not None and not _takes_focus(target):
            yield f"the error “{_said(link)}” leads to a <{target.name}> that cannot take the focus"


def _takes_focus(tag: Tag) -> bool:
    if tag.name in ("input", "select", "textarea", "button"):
        return tag.get("type") != "hidden" and not tag.has_attr("disabled")
    return tag.has_attr("tabindex") or (tag.name == "a" and tag.has_attr("href"))


def _forms(page: _Index) -> Iterator[str]:
    for form in page.named("form"):
        token = form.find("input", attrs={"name": "csrfmiddlewaretoken"})
        is_post = str(form.get("method", "get")).lower() == "post"
        if is_post and not (token and token.get("value")):
            yield f"the form to {form.get('action', 'this page')!r} has no CSRF token"
        if token and not is_post:
            yield "a form that is not posted would put its CSRF token into an address"
        if form.find("form"):
            yield "a form inside a form"
        buttons = [button for button in form.find_all("button") if button.get("type", "submit") == "submit"]
        if not buttons and not form.find("input", type=["submit", "image"]):
            yield f"the form to {form.get('action', 'this page')!r} has no button"


def _tables(page: _Index) -> Iterator[str]:
    for table in page.named("table"):
        caption = table.find("caption")
        name = _said(caption) if caption else ""
        if not name and not table.get("aria-label") and not table.get("aria-labelledby"):
            yield "a table without a caption"
        headers = table.find_all("th")
        if not headers:
            yield f"the table “{name}” has no header cells"
        for header in headers:
            if header.get("scope") not in ("col", "row", "colgroup", "rowgroup"):
                yield f"a header cell of the table “{name}” has no scope"
            if not _said(header):
                yield f"a header cell of the table “{name}” is empty"


def _images(page: _Index) -> Iterator[str]:
    for image in page.named("img"):
        if not image.has_attr("alt"):
            yield f"the image {image.get('src')!r} has no alt"


def _inline_code(page: _Index) -> Iterator[str]:
    for tag in page.tags:
        for attribute in tag.attrs:
            if attribute.lower().startswith("on") or attribute == "style":
                yield f"<{tag.name}> has an inline {attribute}, which the browser refuses"
    if page.first("style"):
        yield "a <style> element, which the browser refuses"
    for script in page.named("script"):
        if not script.get("src") and not script.get("nonce"):
            yield "an inline script without a nonce"


def _stiff_words(page: _Index) -> Iterator[str]:
    """Words that we do not use (docs/content.md), outside of text that somebody typed."""
    for text in page.texts:
        found = stiff_words(text)
        if not found or type(text) is not NavigableString or text.find_parent(("script", "textarea", "option")):
            continue
        if not _is_user_text(text):
            yield f"the page says {found[0]!r}: {text.strip()[:80]!r}"


def _marks(page: _Index) -> Iterator[str]:
    """Traces of programming mistakes, outside of text that somebody typed."""
    for text in page.texts:
        found = MISTAKES.search(text)
        if not found or type(text) is not NavigableString or text.find_parent(("script", "textarea", "option")):
            continue
        if not _is_user_text(text):
            yield f"the page says {found[0]!r}: {text.strip()[:80]!r}"
    for tag in page.tags:
        for attribute, value in tag.attrs.items():
            words = " ".join(value) if isinstance(value, list) else str(value)
            if not (MISTAKES.search(words) or "None" in words):
                continue  # asking for the surroundings of every attribute would take most of the time
            if attribute in ("value", "data-typed") or _is_user_text(tag):
                is_wrong = words == "None" and tag.get("type") in ("hidden", "text")
            else:
                is_wrong = MISTAKES.search(words) is not None or "/None" in words
            if is_wrong:
                yield f"{attribute}={words[:80]!r} of <{tag.name}> shows a mistake"
    for area in page.named("textarea"):
        if area.string == "None":
            yield f"the box {area.get('name')!r} begins with 'None'"


def _is_user_text(node: Tag | NavigableString) -> bool:
    own = isinstance(node, Tag) and node.has_attr("data-user-text")
    return own or node.find_parent(attrs={"data-user-text": True}) is not None


def _said(tag: Tag) -> str:
    """The text of an element as it is read out, on one line."""
    return (
        " ".join(tag.get_text(" ", strip=True).split())
        if tag.find(True)
        else " ".join(tag.get_text().split())
    )
