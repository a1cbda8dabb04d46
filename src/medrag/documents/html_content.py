"""Which part of a page is its content: decided by what elements are, not by how they look.

Only what a page itself marks as something else is left out: navigation, site header and footer,
forms, scripts, struck-out parts, hidden ones that no reader opens, and containers whose own name
says so and whose text is mostly links. When in doubt a part stays: a sentence too many costs less
than a lost warning.
"""

from __future__ import annotations

import re

from lxml import etree

from medrag.documents.html_opened import is_title, opens
from medrag.documents.markup import local

_NEVER_NAMES = (
    "script style noscript template iframe object embed svg canvas audio video map area head "
    "select option optgroup input textarea datalist dialog nav"
)
_NEVER = frozenset(_NEVER_NAMES.split())
_NOT_CONTENT_ROLES_NAMES = (
    "navigation banner contentinfo search complementary menu menubar toolbar dialog alertdialog "
    "tablist form"
)
_NOT_CONTENT_ROLES = frozenset(_NOT_CONTENT_ROLES_NAMES.split())
_SITE_NAMES = re.compile(
    r"(?:^|[\s_-])(?:nav(?:bar|igation|link)?s?|menus?|breadcrumbs?|skip(?:nav|link)?s?|cookies?|"
    r"share|sharing|social|pagination|pager|toolbar|masthead|offscreen|sr-only|"
    r"visually-?hidden|no-?print|advert(?:isement)?s?|login|signin|newsletter|subscribe|goto|jump|"
    r"back-?to-?top|edit-?section|permalink|sensitive-?area|head(?:er|ing)-?link)(?:$|[\s_-])",
    re.IGNORECASE,
)
_SIDE_NAMES = re.compile(
    r"(?:^|[\s_-])(?:sidebar|side-?bar|footer|header|related|portlet|widget|rail|banner|links?|"
    r"popup|pop|toc|table-of-contents|in-?page-?nav)(?:$|[\s_-])",
    re.IGNORECASE,
)
_STRUCK = frozenset({"del", "s", "strike"})
_STRUCK_STYLE = re.compile(r"text-decoration[^;]*:[^;]*line-through", re.IGNORECASE)
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_MOSTLY_LINKS = 0.5
_PROSE_WORDS = 12
_CONTENT_IDS = ("maincontent", "main-content", "main", "content", "bodytext")
_LEAST_SHARE = 0.3


def main_content(root: etree._Element) -> etree._Element:
    """Return the element that holds the page's content.

    `main` or `role=main`, else the only top `article`, else an element whose id says so, where
    that holds at least 30 % of the page's visible text; else the body.
    """
    body = next(root.iter("body"), root)
    size = _visible(body)
    for candidate in _candidates(body):
        if size and _visible(candidate) >= _LEAST_SHARE * size:
            return candidate
    return body


def _candidates(body: etree._Element) -> list[etree._Element]:
    found = [e for e in body.iter() if local(e) == "main" or e.get("role") == "main"]
    found = [e for e in found if not any(a in found for a in e.iterancestors())]
    found = found if len(found) == 1 else []  # of several none is the page
    articles = [
        e for e in body.iter("article") if not any(local(a) == "article" for a in e.iterancestors())
    ]
    if len(articles) == 1:
        found += articles
    for name in _CONTENT_IDS:
        found += [e for e in body.iter() if (e.get("id") or "").lower() == name]
    return found


def _visible(element: etree._Element) -> int:
    if not local(element) or is_left_out(element):
        return 0
    own = len((element.text or "").strip())
    return own + sum(_visible(child) + len((child.tail or "").strip()) for child in element)


def is_left_out(element: etree._Element) -> bool:
    """Return whether an element and all it holds is not content."""
    name = local(element)
    role = (element.get("role") or "").lower()
    if not name or name in _NEVER or role in _NOT_CONTENT_ROLES:
        return True
    if name == "button":
        return _is_hidden(element) or not is_title(element)
    if _is_hidden(element):
        return not opens(element) or _is_mostly_links(element)
    if name in _STRUCK or _STRUCK_STYLE.search(element.get("style") or ""):
        return True  # a dose that was struck out is no dose
    if name in {"header", "footer"}:
        return not any(local(a) in {"article", "main", "section"} for a in element.iterancestors())
    return _is_of_the_site(element, name)


def _is_of_the_site(element: etree._Element, name: str) -> bool:
    if name in {"form", "aside"}:
        return _is_mostly_links(element) or not _has_prose(element)
    if name in {"div", "section", "ul", "ol", "p", "span", "table", "dl"}:
        names = f"{element.get('class') or ''} {element.get('id') or ''}"
        if _SITE_NAMES.search(names):
            return not _has_prose(element) or _is_mostly_links(element)
        if _SIDE_NAMES.search(names):
            return _is_mostly_links(element)
    return False


def _is_hidden(element: etree._Element) -> bool:
    return (
        element.get("hidden") is not None
        or (element.get("aria-hidden") or "").lower() == "true"
        or bool(_HIDDEN_STYLE.search(element.get("style") or ""))
    )


def _is_mostly_links(element: etree._Element) -> bool:
    total = len("".join(element.itertext()).split())
    linked = sum(len("".join(a.itertext()).split()) for a in element.iter("a"))
    return total == 0 or linked > _MOSTLY_LINKS * total


def _has_prose(element: etree._Element) -> bool:
    """Return whether running text of some length stands inside, whatever holds it."""
    blocks = element.iter("p", "li", "td", "dd")
    return any(len("".join(e.itertext()).split()) >= _PROSE_WORDS for e in blocks) or any(
        len(_own_text(e).split()) >= _PROSE_WORDS
        for e in element.iter()
        if local(e) not in _NEVER and local(e) not in {"", "a", "form"}
    )


def _own_text(element: etree._Element) -> str:
    return " ".join((element.text or "", *(child.tail or "" for child in element)))
