r"""What encoders leave in a quotation that a program or a language model hands over.

Backslashes of JSON and LaTeX (`10\%`, `\u00b0`, `\n`), dollars around mathematics (`$\geq$ 1`,
`mg/m$^2$`), indices (`CO_2`, `C_{max}`), `(R)` for ® and the signs of markdown
before headings are no words of a source. They are undone in the quotation alone, and only where
the passage does not hold them itself.
"""

from __future__ import annotations

import re

_SIGNS = {
    "geq": "≥", "ge": "≥", "geqslant": "≥", "leq": "≤", "le": "≤", "leqslant": "≤", "pm": "±",
    "times": "×", "mu": "µ", "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "Delta": "Δ",
    "kappa": "κ", "lambda": "λ", "approx": "≈", "sim": "~", "lt": "<", "gt": ">", "cdot": "·",
    "circ": "°", "degree": "°", "rightarrow": "→", "to": "→", "ldots": "...", "dots": "...",
    "quad": " ",
}  # fmt: skip
_ENCODED = re.compile(
    r"\\u(?P<code>[0-9a-fA-F]{4})"
    r"|(?P<circle>\^\{?\\circ\b\}?)"
    rf"|\\(?P<sign>{'|'.join(sorted(_SIGNS, key=len, reverse=True))})(?![a-zA-Z])"
    r"|\\(?:text|mathrm|mathit|mathbf|operatorname)\{(?P<set>[^{}\\]{0,80})\}"
    r"|\\(?P<line>[nrt])(?![a-z])"
    r"|\\(?P<kept>[%&$#_{}\[\]()*+.,;:!<>~|\"'/-])"
    r"|(?<=[^\W_])_(?:\{(?P<index>\w{1,12})\}|(?P<digit>\d{1,2})(?!\w))"
    r"|\^\{(?P<power>[-+−–]?\d{1,3})\}"
)
_MATHEMATICS = re.compile(r"\$(?=[^$\n]{0,60}[\\^_<>=])([^$\n]{1,60})\$")
_HEADED = re.compile(r"^#{1,6}[ \t]+", re.MULTILINE)
_TRADE_MARK = re.compile(r"(?<=\w)\((?:R|TM|SM)\)", re.IGNORECASE)


def decoded(quote: str, passage: str) -> str:
    """Return `quote` without what an encoder put there; unchanged where it holds none of it.

    What the passage writes with the same signs stays as it is.
    """
    if "(" in quote and _TRADE_MARK.search(passage) is None:
        quote = _TRADE_MARK.sub("", quote)
    if not any(sign in quote for sign in "\\$_#^"):
        return quote
    if "$" in quote and "$" not in passage:
        quote = _MATHEMATICS.sub(r"\1", quote)
    if "#" in quote and not _HEADED.search(passage):
        quote = _HEADED.sub("", quote)
    return _ENCODED.sub(lambda match: _plain(match, passage), quote)


def _plain(match: re.Match[str], passage: str) -> str:
    """Return what an encoded sign stands for."""
    if match[0] in passage:
        return match[0]
    if match["code"]:
        return chr(int(match["code"], 16))
    if match["sign"]:
        return _SIGNS[match["sign"]]
    if match["power"]:
        return "^" + match["power"]
    fixed = "°" if match["circle"] else "\n" if match["line"] else ""
    return fixed or match["set"] or match["kept"] or match["index"] or match["digit"] or ""
