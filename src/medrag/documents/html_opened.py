"""What a page keeps closed until its reader opens it: accordions, tabs, `read more`.

A saved page holds them as they were, mostly closed. Whoever reads the page opens them, so their
text is content, and what opens them is its title. Menus, dialogs and hints open too and are none.
"""

from __future__ import annotations

import re
from itertools import islice

from lxml import etree

from medrag.documents.composer import clean
from medrag.documents.markup import local

_OPENED = re.compile(
    r"(?:^|[\s_-])(?:accordions?|collaps(?:e|ed|ible|ibles)|expand(?:ed|able|ables|er|ers)?|"
    r"tab-?(?:pane|panel|content|body)s?|toggles?|toggled|toggleable|panel|spoiler|"
    r"(?:read|show|see)-?more|drawer)(?:$|[\s_-])",
    re.IGNORECASE,
)
_OTHERWISE = re.compile(
    r"(?:^|[\s_-])(?:modal|dialog|pop-?up|pop-?over|tool-?tip|lightbox|overlay|drop-?down|search|"
    r"template|loading|spinner|cookies?|consent|nav(?:bar|igation)?|menu|share|social|login)(?:$|[\s_-])",
    re.IGNORECASE,
)
_PANE = re.compile(r"(?:^|[\s_-])tabs?-?(?:pane|panel|content|body)s?(?:$|[\s_-])", re.IGNORECASE)
_NAMING = ("id", "aria-controls", "href", "data-target", "data-bs-target")
_HUMPS = re.compile(r"(?<=[a-z])(?=[A-Z])")
_BLOCK_NAMES = "article dd div dl fieldset li ol p section table tbody tr ul"
_BLOCKS = frozenset(_BLOCK_NAMES.split())
_PANELS = frozenset({"tabpanel", "region"})
_TITLE_NAMES = "dt h1 h2 h3 h4 h5 h6 legend summary"
_TITLES = frozenset(_TITLE_NAMES.split())
_AROUND = 3
"""How many elements around a closed part may say that it opens."""
_LEAST_WORDS = 3
_MOST_IN_TITLE = 8  # elements
_WORD = re.compile(r"[^\W\d_]{2,}")


def names_of(element: etree._Element) -> str:
    """Return an element's class and id as words: `tabContent` is `tab-Content`."""
    return _HUMPS.sub("-", f"{element.get('class') or ''} {element.get('id') or ''}")


def opens(element: etree._Element) -> bool:
    """Return whether a reader of the page can open this hidden element and finds text in it."""
    if local(element) not in _BLOCKS or _OTHERWISE.search(names_of(element)):
        return False
    return _is_said_to_open(element) and _has_words(element)


def _is_said_to_open(element: etree._Element) -> bool:
    if (element.get("hidden") or "").lower() == "until-found":
        return True
    if (element.get("role") or "").lower() in _PANELS or _OPENED.search(names_of(element)):
        return True
    before = element.getprevious()
    beside = [] if before is None else list(islice(before.iter(etree.Element), _MOST_IN_TITLE + 1))
    if len(beside) <= _MOST_IN_TITLE and any(map(_controls, beside)):
        return True
    around = islice(element.iterancestors(), _AROUND)
    return any(local(a) != "body" and _OPENED.search(names_of(a)) for a in around)


def _controls(element: etree._Element) -> bool:
    return element.get("aria-expanded") is not None or element.get("aria-controls") is not None


def _has_words(element: etree._Element) -> bool:
    words = _WORD.findall(" ".join(element.itertext("*")))
    return len(words) >= _LEAST_WORDS


def is_panel(element: etree._Element) -> bool:
    """Return whether an element may be what a tab opens."""
    is_named = element.get("id") or element.get("aria-labelledby")
    role = (element.get("role") or "").lower()
    return bool(is_named and (role == "tabpanel" or _PANE.search(names_of(element))))


def tab_titles(root: etree._Element) -> dict[str, str]:
    """Return what the tabs of a page say, by their own ids and by those of what they open."""
    found: dict[str, str] = {}
    for tab in root.iter(etree.Element):
        toggle = (tab.get("data-toggle") or tab.get("data-bs-toggle") or "").lower()
        if (tab.get("role") or "").lower() != "tab" and toggle not in {"tab", "pill"}:
            continue
        title = clean("".join(tab.itertext("*")))
        named = [tab.get(name) or "" for name in _NAMING]
        named += [inside.get("href") or "" for inside in islice(tab.iter("a"), 1)]
        for name in named:
            for one in name.rpartition("#")[2].split():
                found.setdefault(one, title)
    return found


def is_title(button: etree._Element) -> bool:
    """Return whether a button is the title of what it opens, or all the text of a heading."""
    title = next((a for a in button.iterancestors() if local(a) in _TITLES), None)
    if title is not None:
        inside = list(islice(title.iterdescendants(), _MOST_IN_TITLE + 1))
        buttons = [element for element in inside if local(element) == "button"]
        return len(inside) <= _MOST_IN_TITLE and _letters(title) == sum(map(_letters, buttons))
    names = names_of(button)
    if _OTHERWISE.search(names) or not (_controls(button) or _OPENED.search(names)):
        return False
    parent = button.getparent()
    last = parent is not None and button.getnext() is None
    following = parent.getnext() if last else button.getnext()
    return (
        following is not None
        and local(following) in _BLOCKS
        and not _OTHERWISE.search(names_of(following))
        and _has_words(following)
    )


def _letters(element: etree._Element) -> int:
    return len("".join("".join(element.itertext("*")).split()))
