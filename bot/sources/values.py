"""Single cells as clean values: text that any database takes, tags, links, languages, persons."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from email.utils import parseaddr
from typing import Final
from urllib.parse import urlsplit

from bot.sources.dates import Order, read_date

_SPOILT: Final = re.compile("[\x00\ud800-\udfff]")
_CONTROL: Final = re.compile("[\x00-\x20\x7f-\xa0\u2028\u2029]")
_TAG_NAMES: Final = ("name", "title", "tag", "label", "value")
_TOKEN: Final = re.compile(r"[^\sA-Z,;|]{1,60}")
_MOST_TAGS: Final = 100
_LONGEST_TAG: Final = 100
_LONGEST_URL: Final = 2_000

_YES: Final = frozenset({"true", "yes", "y", "t", "1", "deleted", "trashed"})
_SHORTEST_DATE: Final = 6
"""A shorter number is a count, or a status, and no moment."""

_CODE_WORDS: Final = (
    "aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da "
    "de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy "
    "hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg "
    "li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or "
    "os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta "
    "te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu"
)
_CODES: Final = frozenset(_CODE_WORDS.split())
_NAMED: Final = (
    "english:en german:de deutsch:de french:fr français:fr spanish:es español:es italian:it "
    "italiano:it portuguese:pt português:pt dutch:nl nederlands:nl polish:pl polski:pl "
    "russian:ru русский:ru ukrainian:uk czech:cs slovak:sk hungarian:hu romanian:ro "
    "bulgarian:bg greek:el turkish:tr türkçe:tr swedish:sv svenska:sv norwegian:no danish:da "
    "dansk:da finnish:fi suomi:fi japanese:ja 日本語:ja chinese:zh 中文:zh korean:ko 한국어:ko "
    "arabic:ar hebrew:he hindi:hi indonesian:id vietnamese:vi thai:th catalan:ca "
    "eng:en deu:de ger:de fra:fr fre:fr spa:es ita:it por:pt nld:nl dut:nl pol:pl rus:ru "
    "ukr:uk ces:cs cze:cs slk:sk hun:hu ron:ro rum:ro bul:bg ell:el tur:tr swe:sv nor:no "
    "dan:da fin:fi jpn:ja zho:zh chi:zh cmn:zh kor:ko ara:ar heb:he hin:hi ind:id vie:vi "
    "tha:th cat:ca iw:he in:id ji:yi nb:no nn:no"
)
_LANGUAGES: Final = dict(pair.split(":") for pair in _NAMED.split())


def text_of(value: object) -> str:
    """One value as text without what databases refuse; a list gives its texts on lines."""
    if isinstance(value, str):
        return value if value.isascii() and "\0" not in value else _SPOILT.sub(_mended, value)
    if isinstance(value, list):
        plain = (item for item in value if not isinstance(item, list))
        return "\n".join(text for item in plain if (text := text_of(item)))
    if isinstance(value, bool):
        return ""
    if isinstance(value, float):
        return format(value, ".15g") if math.isfinite(value) else ""
    return str(value) if isinstance(value, int) else ""


def _mended(spoilt: re.Match[str]) -> str:
    return "" if spoilt[0] == "\0" else "\ufffd"


def listed(value: object) -> list[object]:
    """The cells of a column that repeats; of any other, its one cell."""
    return value if isinstance(value, list) else [value]


def first_text(value: object) -> str:
    """The first filled text, on one line; for repeated columns too."""
    if isinstance(value, list):
        plain = (item for item in value if not isinstance(item, list))
        return next((text for item in plain if (text := first_text(item))), "")
    return " ".join(text_of(value).split())


def link_of(value: object) -> str | None:
    """A web address, or nothing: other schemes and addresses with a password are dropped."""
    link = text_of(value).strip() if value else ""
    if not link or len(link) > _LONGEST_URL or _CONTROL.search(link):
        return None
    try:
        parts = urlsplit(link)
        is_web = parts.scheme in ("http", "https") and parts.hostname and "@" not in parts.netloc
    except ValueError:
        return None
    return link if is_web else None


def language_of(value: object) -> str | None:
    """ISO 639-1 from `en-US`, `pt_BR`, `eng` or `English`."""
    name = first_text(value).casefold() if value else ""
    code = re.split(r"[-_\s(;,.@]", name, maxsplit=1)[0]
    code = _LANGUAGES.get(name) or _LANGUAGES.get(code) or code
    return code if code in _CODES else None


def person_of(name: str, email: str) -> tuple[str, str]:
    """Name and address, also where one cell holds both: `Ann Other <ann@example.com>`."""
    both = email if "<" in email else name
    if "@" not in both:
        return name, email
    found_name, found = parseaddr(both[:500])
    if "@" not in found:
        return name, email
    return (found_name if both == name else name or found_name), (
        email if both == name else ""
    ) or found


def tag_separator(values: Iterable[object]) -> str | None:
    """What stands between tags in a file's first rows; None where a cell is one tag.

    Blanks separate only where the same small words come back in different company, as help
    desks write them: `login mobile`, `mobile urgent`. `Billing issue` is one tag.
    """
    cells = {value.strip() for value in values if isinstance(value, str) and value.strip()}
    cells -= {cell for cell in cells if cell[0] in "[{"}
    for separator in ";|,":
        if any(separator in cell for cell in cells):
            return separator
    if not all(_TOKEN.fullmatch(token) for cell in cells for token in cell.split()):
        return None
    company: dict[str, int] = {}
    for cell in cells:
        for token in set(cell.split()):
            company[token] = company.get(token, 0) + 1
    several = {token for cell in cells if len(cell.split()) > 1 for token in cell.split()}
    shared = sum(company[token] > 1 for token in several)
    return " " if several and shared * 2 > len(several) else None


def _parts(value: object, separator: str | None, depth: int = 0) -> list[str]:
    if isinstance(value, list):
        # Repeated columns give a list of cells, a cell of JSON may hold a list of objects.
        deeper = value if depth < 2 else []
        return [tag for item in deeper for tag in _parts(item, separator, depth + 1)]
    if isinstance(value, Mapping):
        return [str(value[name]) for name in _TAG_NAMES if isinstance(value.get(name), str)][:1]
    text = text_of(value).strip()
    if text[:1] in ("[", "{") and text[-1:] in ("]", "}"):
        return _written_list(text)
    return text.split(separator) if separator else [text]


def _written_list(text: str) -> list[str]:
    """A list written into a cell: JSON, Python or PostgreSQL."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if isinstance(found, list):
        return _parts(found, None, 1)
    return [part.strip(" '\"") for part in text[1:-1].split(",")]


def tags_of(values: Iterable[tuple[object, str | None]]) -> tuple[str, ...]:
    """Tags of several columns, each with its separator, once each and in order."""
    found: dict[str, str] = {}
    for value, separator in values:
        if not value:
            continue
        for part in _parts(value, separator):
            tag = " ".join(text_of(part).split())
            if tag and len(tag) <= _LONGEST_TAG and len(found) < _MOST_TAGS:
                found.setdefault(tag.casefold(), tag)
    return tuple(found.values())


def is_deleted(value: object, order: Order) -> bool:
    """Whether a column of deletions says so: yes in some spelling, or the day on which it was."""
    if isinstance(value, bool):
        return value
    said = str("" if value is None else value).strip().casefold()
    if said in _YES:
        return True
    return len(said) >= _SHORTEST_DATE and read_date(value, order) is not None
