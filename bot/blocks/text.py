"""Makes any text harmless to show: customers write it, so it is never trusted.

Every string that reaches a payload or a terminal goes through here. The redactor cleans texts
on their way in; this is the second lock, for rows that were stored before a rule was added and
for what people type into Slack.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote, urlsplit

ELLIPSIS = "…"
PLACEHOLDER = "(no text)"
MARKS_IN_A_ROW = 3
URL_LENGTH = 3000

# Letters and symbols that show nothing and so could fake an empty or a shifted text.
_BLANKS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_LINE_ENDS = re.compile(r"\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_MARKUP = str.maketrans("", "", "<>&|*_~`")
_URL_HARM = re.compile(r"[\s<>|\"\\^`{}\x00-\x1f\x7f]")
_URL_RESERVED = "%:/?#[]@!$&'()*+,;=~-._"
# The host of an address in a text, where a letter of it is not of the first alphabet.
_FOREIGN_HOST = re.compile(
    r"((?:\b[a-z][a-z0-9+.-]{1,15}://(?:[^\s/?#@]{0,200}@)?|\bwww\.))"
    r"([^\s/?#@:<>()\[\]{}|\"'`\\…]{0,200}[^\x00-\x7f\s…][^\s/?#@:<>()\[\]{}|\"'`\\…]{0,200})",
    re.IGNORECASE,
)
_PERSON = re.compile(r"[UW][A-Z0-9]+")
_CHANNEL = re.compile(r"[CGD][A-Z0-9]+")
_EMOJI = re.compile(r"[a-z0-9_+'-]{1,100}")


def clean(value: str) -> str:
    """Without control, bidi, zero-width and unpaired characters; at most three marks in a row."""
    kept: list[str] = []
    marks = 0
    for character in _LINE_ENDS.sub("\n", value).replace("\t", " "):
        category = unicodedata.category(character)
        if character in _BLANKS or (category in {"Cc", "Cf", "Cs"} and character != "\n"):
            continue
        marks = marks + 1 if category.startswith("M") else 0
        # A mark with nothing to stand on would climb onto the text before it.
        if marks > MARKS_IN_A_ROW or (marks and (not kept or kept[-1].isspace())):
            continue
        kept.append(character)
    text = "".join(kept)
    return text if text.isascii() else _FOREIGN_HOST.sub(_told_apart, text)


def _told_apart(address: re.Match[str]) -> str:
    """An address with its host as computers write it: a foreign letter may look like another."""
    return address[1] + ".".join(map(_in_ascii, address[2].split(".")))


def _in_ascii(label: str) -> str:
    if label.isascii():
        return label
    try:
        made = label.encode("idna").decode("ascii")
    except UnicodeError:
        made = ""
    # A sign may stand for several letters, and for a slash.
    is_name = made.replace("-", "").isalnum()
    return made if is_name else f"xn--{label.encode('punycode').decode('ascii')}"


def one_line(value: str) -> str:
    """Cleaned, with every run of white space made a single space."""
    return " ".join(clean(value).split())


def cut(value: str, most: int) -> str:
    """At most `most` characters; what is missing shows as an ellipsis."""
    if len(value) <= most:
        return value
    return value[: max(most - 1, 0)].rstrip() + ELLIPSIS


def shown(value: str, most: int) -> str:
    """One harmless line of at most `most` characters, never empty."""
    return cut(one_line(value), most) or PLACEHOLDER


def bare(value: str, most: int) -> str:
    """One line without what may be markup, for places where Slack does not say how it reads."""
    return shown(value.translate(_MARKUP), most)


def escape(value: str) -> str:
    """For the few places that Slack reads as markup; nothing else needs escaping there."""
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def label_word(value: str) -> str:
    """A ticket id fit for the label that a screen reader speaks."""
    return re.sub(r"[^A-Za-z0-9._:#/-]+", "", value)[:30]


def safe_url(url: str | None) -> str | None:
    """The address if it is plain http(s) without credentials, its host in ASCII; else nothing."""
    if not url or _URL_HARM.search(url):
        return None
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna").decode()
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not host or "@" in parts.netloc:
        return None
    if ":" in host:
        host = f"[{host}]"
    rest = quote(parts._replace(scheme="", netloc="").geturl(), safe=_URL_RESERVED)
    address = f"{parts.scheme}://{host}{port}{rest}"
    return address if len(address) <= URL_LENGTH else None


def is_person(value: str) -> bool:
    return _PERSON.fullmatch(value) is not None


def is_channel(value: str) -> bool:
    return _CHANNEL.fullmatch(value) is not None


def is_emoji(value: str) -> bool:
    return _EMOJI.fullmatch(value) is not None
