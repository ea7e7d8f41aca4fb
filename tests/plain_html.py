"""Reads a page that is plainly right without html5lib, to the same tree, in a third of the time.

html5lib knows what to make of every fault. A page without any needs little of that: each element is closed where it was
opened, and stands where nothing is implied, moved or closed on its behalf. Whatever is not surely so is left to
html5lib, which then says what is wrong, if anything is: this module never judges a page. That both make the same of a
page is tested, and seen for every page of every test where ``COMPARE_PARSERS`` is set.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.entities import html5 as entities
from typing import Final

from bs4 import BeautifulSoup, Doctype, NavigableString, Tag
from bs4.element import NamespacedAttribute, PageElement
from html5lib.constants import adjustForeignAttributes, adjustSVGAttributes

HTML: Final = "http://www.w3.org/1999/xhtml"
SVG: Final = "http://www.w3.org/2000/svg"

_BEGIN: Final = re.compile(
    r'[ \n]*<!DOCTYPE html>[ \n]*<html((?:\s+[a-z][-a-z]*="[^"]*")*)>[ \n]*<head>', re.IGNORECASE
)
_END: Final = re.compile(r"[ \n]*</body>[ \n]*</html>[ \n]*\Z")
_TOKEN: Final = re.compile(
    r"([^<]+)"
    r"|</([a-z][a-z0-9]*)>"
    r'|<([a-z][a-z0-9]*)((?:[ \n]+[a-zA-Z][-a-zA-Z0-9:]*(?:="[^"]*")?)*)[ \n]*(/?)>'
)
_ATTRIBUTE: Final = re.compile(r'([a-zA-Z][-a-zA-Z0-9:]*)(?:="([^"]*)")?')
_REFERENCE: Final = re.compile(r"&(?:#([0-9]{2,5})|([a-zA-Z][a-zA-Z0-9]*));")
#: Characters that html5lib changes or complains of.
_ODD: Final = re.compile("[^\t\n -~\xa0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd\U00010000-\U0001fffd]")

_VOID: Final = frozenset({"input", "br", "img", "hr", "meta", "link"})
_HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
#: Of these html5lib ends an open paragraph.
_ENDS_PARAGRAPH: Final = _HEADINGS | {
    "address", "article", "aside", "blockquote", "dd", "details", "dialog", "div", "dl", "dt", "fieldset",
    "figcaption", "figure", "footer", "form", "header", "hr", "li", "main", "nav", "ol", "p", "section", "summary",
    "table", "ul",
}  # fmt: skip
#: Elements that may stand only in these.
_ONLY_IN: Final = {
    "li": {"ul", "ol"}, "option": {"select", "optgroup"}, "optgroup": {"select"}, "caption": {"table"},
    "thead": {"table"}, "tbody": {"table"}, "tfoot": {"table"}, "tr": {"thead", "tbody", "tfoot"}, "th": {"tr"},
    "td": {"tr"}, "meta": {"head"}, "link": {"head"}, "title": {"head"},
}  # fmt: skip
#: Elements that hold only these, and of text only spaces.
_HOLDS_ONLY: Final = {
    "head": {"meta", "link", "title", "script"}, "html": {"body"}, "table": {"caption", "thead", "tbody", "tfoot"},
    "thead": {"tr"}, "tbody": {"tr"}, "tfoot": {"tr"}, "tr": {"th", "td"},
}  # fmt: skip
_OPTIONS: Final = {"select": {"option", "optgroup"}, "optgroup": {"option"}, "option": frozenset[str]()}
#: Elements that may not stand in one of their own kind, however far up.
_NEVER_NESTED: Final = frozenset({"a", "button", "form", "p", "label", "body", "select"})
_OTHERS: Final = frozenset({
    "a", "abbr", "b", "bdi", "body", "button", "code", "del", "em", "i", "ins", "label", "legend", "mark", "script",
    "select", "small", "span", "strong", "sub", "sup", "svg", "textarea", "time",
})  # fmt: skip
_KNOWN: Final = _OTHERS | _VOID | _ENDS_PARAGRAPH | _ONLY_IN.keys()
_IN_SVG: Final = frozenset({"circle", "g", "line", "path", "polygon", "rect"})
_OF_TEXT: Final = frozenset({"script", "title", "textarea"})


class _NotPlain(Exception):
    """Left to html5lib."""


def read(page: BeautifulSoup, html: str) -> bool:
    """Fill a page that is still empty; False, and html5lib is to begin anew, when it is not plainly right."""
    try:
        _Reading(page).read(html)
    except _NotPlain:
        return False
    return True


class _Reading:
    def __init__(self, page: BeautifulSoup) -> None:
        self.page = page
        self.last: PageElement | None = None
        self.open: list[Tag] = []  # from the outermost to the innermost
        self.names: list[str] = []  # theirs

    def read(self, html: str) -> None:
        html = html.replace("\r\n", "\n").replace("\r", "\n")
        begin, end = _BEGIN.match(html), _END.search(html)
        if not begin or not end or _ODD.search(html):
            raise _NotPlain
        # Spaces after the body are of the body.
        html = html[: end.start()] + re.sub(r"</(?:body|html)>", "", end[0])
        self._add(Doctype.for_name_and_ids("html", None, None), self.page)
        self._open("html", begin[1], is_closed=False)
        self._open("head", "", is_closed=False)
        place, token = begin.end(), _TOKEN.match
        while place < len(html):
            found = token(html, place)
            if not found:
                raise _NotPlain
            place = found.end()
            text, closed, opened, attributes, slash = found.groups()
            if text:
                self._text(text)
            elif closed:
                if closed != self.names.pop() or closed in ("html", "body"):
                    raise _NotPlain
                self.open.pop()
            else:
                self._may_stand_here(opened, is_closed=bool(slash))
                self._open(opened, attributes, is_closed=bool(slash))
                if opened in _OF_TEXT and "svg" not in self.names:
                    place = self._content(opened, html, place)
        if self.names != ["html", "body"]:
            raise _NotPlain

    def _may_stand_here(self, name: str, *, is_closed: bool) -> None:
        names = self.names
        inside = names[-1]
        if "svg" in names:
            if inside == "title" or not (name in _IN_SVG or name == "title"):
                raise _NotPlain
            return
        if (
            name not in _KNOWN
            or (is_closed and name not in _VOID and name != "svg")
            or (name in _ONLY_IN and inside not in _ONLY_IN[name])
            or (inside in _HOLDS_ONLY and name not in _HOLDS_ONLY[inside])
            or (inside in _OPTIONS and name not in _OPTIONS[inside])
            or (name in _NEVER_NESTED and name in names)
            or (name in _ENDS_PARAGRAPH and "p" in names)
            or (name in _HEADINGS and not _HEADINGS.isdisjoint(names))
            or (name in ("dt", "dd") and inside != "dl" and names[-2:] != ["dl", "div"])
        ):
            raise _NotPlain

    def _open(self, name: str, attributes: str, *, is_closed: bool) -> None:
        namespace = SVG if name == "svg" or "svg" in self.names else HTML
        given: dict[str, str] = {}
        further: dict[str, str] = {}  # with a namespace of their own; they come last
        for key, value in _ATTRIBUTE.findall(attributes):
            key = key.lower()
            if "&" in value:
                value = _decoded(value)
            if key in given or key in further:
                raise _NotPlain
            if namespace == SVG and key in adjustForeignAttributes:
                further[NamespacedAttribute(*adjustForeignAttributes[key])] = value
            else:
                given[adjustSVGAttributes.get(key, key) if namespace == SVG else key] = value
        tag = self.page.new_tag(name, namespace, attrs={**given, **further})
        self._add(tag, self.open[-1] if self.open else self.page)
        if not (name in _VOID and namespace == HTML) and not is_closed:
            self.open.append(tag)
            self.names.append(name)

    def _text(self, text: str) -> None:
        inside = self.names[-1]
        if inside in _HOLDS_ONLY and text.strip(" \n\t"):
            raise _NotPlain
        self._add(NavigableString(_decoded(text) if "&" in text else text), self.open[-1])

    def _content(self, name: str, html: str, place: int) -> int:
        """The text of an element that holds nothing else; where it ends."""
        end = html.find("</", place)
        if end < 0 or not html.startswith(f"</{name}>", end):
            raise _NotPlain
        text = html[place:end]
        if name == "script":
            if "<!--" in text:
                raise _NotPlain
        else:
            # A newline that a box begins with is left out, however it is written.
            if name == "textarea" and text.startswith("&#"):
                raise _NotPlain
            text = _decoded(text.removeprefix("\n") if name == "textarea" else text)
        if text:
            self._add(NavigableString(text), self.open[-1])
        self.open.pop()
        self.names.pop()
        return end + len(name) + 3

    def _add(self, node: PageElement, parent: Tag) -> None:
        node.parent = parent
        if self.last is not None:
            node.previous_element = self.last
            self.last.next_element = node
        if parent.contents:
            before = parent.contents[-1]
            node.previous_sibling = before
            before.next_sibling = node
        parent.contents.append(node)
        self.last = node


def _decoded(text: str) -> str:
    """The text with its references resolved; each must be whole and known."""
    if text.count("&") != len(_REFERENCE.findall(text)):
        raise _NotPlain
    return _REFERENCE.sub(_resolved, text)


def _resolved(reference: re.Match[str]) -> str:
    number, name = reference.groups()
    character = chr(int(number)) if number else entities.get(f"{name};", "")
    if not character or _ODD.search(character):
        raise _NotPlain
    return character


def must_be_alike(one: BeautifulSoup, other: BeautifulSoup) -> None:
    """Raise AssertionError where two trees differ: in order, names, attributes, text, or what stands in what."""
    mine, theirs = [*_described(one)], [*_described(other)]
    for ours, expected in zip(mine, theirs, strict=False):
        assert ours == expected
    assert len(mine) == len(theirs)


def _described(page: BeautifulSoup) -> Iterator[tuple[object, ...]]:
    places: dict[int, int] = {id(page): 0}
    node: PageElement | None = page.contents[0]
    while node is not None:
        links = (node.parent, node.previous_element, node.previous_sibling)
        around = [places.get(id(link)) if link is not None else None for link in links]
        places[id(node)] = len(places)
        if isinstance(node, Tag):
            attributes = [(key, type(key), value, type(value)) for key, value in node.attrs.items()]
            yield "tag", around, node.name, node.namespace, node.prefix, attributes, node.can_be_empty_element
        else:
            yield "text", around, type(node), str(node)
        node = node.next_element
