"""Find e-mail addresses, cards, bank accounts and national ids.

Each has a check that ordinary numbers fail (a check digit, a parser, a list of countries) or
a word before it that says what it is; without one of the two nothing is masked, because an
engineer needs order numbers, commits and versions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from stdnum import iban, luhn
from stdnum.br import cpf
from stdnum.cn import ric
from stdnum.es import dni, nie
from stdnum.exceptions import ValidationError
from stdnum.it import codicefiscale

from bot.voice.redact_cues import Cue, Seen
from bot.voice.redact_shadow import Span

_EMAIL: Final = re.compile(
    r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}(?:@|%40|&#64;|=40(?=[a-z]))"
    r"(?:\[(?:IPv6:)?[0-9a-fA-F:.]{3,45}\]|(?:[\w-]{1,63}\.){0,8}[\w-]{1,63}(?<![.-]))"
)
_OPEN, _SHUT = r"[(\[{<][ \t]?", r"[ \t]?[)\]}>]"
_AT_WORD: Final = "(?:at|@|a|[äa]t|arroba|chiocciola|kukac|malpa)"
_DOT_WORD: Final = "(?:dot|d0t|\\.|punkt|punto|point|ponto|punt)"
_DOT_SIGN: Final = rf"{_OPEN}{_DOT_WORD}{_SHUT}|[ \t](?:dot|d0t|punkt|punto)[ \t]"
_SPELT: Final = re.compile(
    rf"(?<![\w.+-])[\w.+-]{{1,64}}[ \t]?(?:{_OPEN}{_AT_WORD}{_SHUT}|@)[ \t]?[\w-]{{1,63}}"
    rf"(?:[ \t]?(?:{_DOT_SIGN}|\.)[ \t]?[\w-]{{2,24}}){{1,4}}(?![\w@])"
    rf"|(?<![\w.+-])[\w.+-]{{1,64}}[ \t](?:at|arroba)[ \t][\w-]{{1,63}}"
    rf"(?:(?:{_DOT_SIGN})[\w-]{{2,24}}){{1,3}}(?![\w@])"
    r"|(?<![\w.+-])[A-Za-z0-9.+]{1,64}([_-])at\1[A-Za-z0-9]{1,63}(?:\1dot\1[A-Za-z0-9]{2,24}){1,3}"
    r"(?![\w@])",
    re.I,
)
_BRACKETED_AT: Final = re.compile(rf"[(\[{{<][ \t]?{_AT_WORD}[ \t]?[)\]}}>]")
_DOTS: Final = ("dot", "d0t", "punkt", "punto")
_FILES: Final = frozenset(("png", "jpg", "jpeg", "gif", "svg", "webp", "js", "css", "0ghz"))
_DOT: Final = re.compile(rf"[ \t]?(?:{_DOT_SIGN}|[_-]dot[_-])[ \t]?", re.I)
_AT: Final = re.compile(
    rf"%40|&#64;|=40|[ \t]?{_OPEN}{_AT_WORD}{_SHUT}[ \t]?|[ \t](?:at|arroba)[ \t]|[_-]at[_-]"
    r"|[ \t]?@[ \t]?",
    re.I,
)

_CARD: Final = re.compile(r"(?<!\d)(?<!\d\.)\d(?:[ -]{0,2}\d){11,59}(?!\d)(?!\.\d)")
_GROUPED_CARD: Final = re.compile(
    r"(?<![\w.])\d{4}([._/]|[ ][-|][ ])(?:\d{4}\1\d{4}\1\d{4}|\d{6}\1\d{5})(?!\w)"
)
_LAYOUTS: Final = ((4, 4, 4, 4), (4, 6, 5), (4, 4, 4, 4, 3), (4, 6, 4))
_DIGITS: Final = re.compile(r"\d+")
_CARD_WORD: Final = re.compile(
    r"\b(?:cards?|visa|master ?card|amex|american express|maestro|discover|credit|debit|cc|karten?"
    r"|kreditkarte|carte|tarjeta|cart[aã]o|carta|pan)\b[^\n]{0,30}\Z",
    re.I,
)
_CARD_MORE: Final = re.compile(
    r"(?:[ \t,;/|(]{0,4}\b(?:exp(?:ir(?:y|es|ation)|\.)?|valid(?: thru|"
    r" until)?|cvv2?|cvc2?|csc|cid|code)"
    r"(?: date| code)?[ \t:=.]{0,3}(?:is )?(?:\d\d ?/ ?\d{2,4}|\d{3,4})\b){1,3}",
    re.I,
)
_NO_CARD: Final = re.compile(
    r"(?:order|tracking|parcel|shipment|invoice|ticket|imei|serial|ref(?:erence)?|request|trace)"
    r"[ \t]{0,2}(?:numbers?|no|nr|id)?[.:=# \t]{0,4}\Z",
    re.I,
)
_CVV: Final = Cue(
    "cvv2?|cvc2?|csc|cid", r"[\"']?[ \t]{0,2}(?:is|code|:|=)?[ \t]{0,2}[\"']?(\d{3,4})\b", re.I
)

_IBAN: Final = re.compile(
    r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]){11,30}(?![a-z0-9])", re.I
)
_IBAN_WORD: Final = re.compile(r"\biban\b[^\n]{0,25}\Z", re.I)

_SSN: Final = re.compile(
    r"(?<![A-Za-z0-9_\u00aa-\u024f-])(?!000|666|9\d\d)\d{3}([- ])(?!00)\d{2}\1(?!0000)\d{4}"
    r"(?![A-Za-z0-9_\u00aa-\u024f-])"
)
# Masked in part by its writer: the digits left are still of somebody's number.
_PART_OF_SSN: Final = re.compile(
    r"(?<![\w-])(?:[Xx*]{3}-[Xx*]{2}-\d{4}|\d{3}-(?:[Xx*]{2}|\d{2})-[Xx*]{4,5})(?![\w-])"
)
_SHAPED: Final = re.compile(
    r"(?<![\w-])(?:(?P<nino>[A-CEGHJ-PR-TW-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D])"
    r"|(?P<codice>[A-Z]{6}\d{2}[A-Z]\d{2}[A-Z]\d{3}[A-Z])|(?P<dni>\d{8}-?[A-Z])"
    r"|(?P<nie>[XYZ]-?\d{7}-?[A-Z])|(?P<cpf>\d{3}\.\d{3}\.\d{3}-\d{2})"
    r"|(?P<personnummer>(?:19|20)?\d{6}[-+]\d{4})|(?P<ric>\d{17}[\dX]))(?![\w-])"
)
_ID_WORD: Final = Cue(
    r"passport|tax|tin|itin|ssn|sin|social security|national insurance|ni(?= n)|nino"
    r"|national id"
    r"|identity(?: card)?|id card|government id|gov(?:ernment)?[- ]?id|driv(?:er'?s?|ing)"
    r" licen[cs]e|licen[cs]e (?=number|no)"
    r"|licen[cs]e plate|nhs|medicare|medicaid|aadhaar|pan card|pesel|nip|bsn|cpf|cnpj|curp|dni|nif"
    r"|nie|personnummer|henkilötunnus|steuer-?id|steuernummer|personalausweis|reisepass|ausweis"
    r"|codice fiscale|num[ée]ro de s[ée]curit[ée] sociale|passeport|pasaporte|passaporto|insee"
    r"|residence permit|visa (?:no|number)|military id|voter id|vin",
    r"\b(?:[ /]{0,2}(?:and |or )?(?:tax|id|ids|identification|number|no|nr|nummer|num|card|code"
    r"|licen[cs]e|insurance|security"
    r"|plate|permit)\b\.?){0,4}[ \t]{0,2}(?:is|was|:|=|#|ist|est|es|\(|as"
    r"|of)?[ \t]{0,2}[:#(]?[ \t]{0,2}[\"']?"
    r"(?P<value>(?-i:(?=[A-Z /.-]{0,12}\d)[A-Z0-9](?:[ ./-]?[A-Z0-9]){4,20})"
    r"|[a-z]{0,4}\d[a-z0-9-]{4,16})(?![A-Za-z0-9])",
    re.I,
)
_BANK_WORD: Final = Cue(
    "sort ?code|routing(?: number)?|bank account|account number|kontonummer|konto(?:nr)?"
    "|bankleitzahl|blz|bsb|clabe|swift|bic|aba",
    r"\b(?:[ ](?:number|no|nr|code))?\b\.?[\"']?[ \t]{0,2}(?:is|ist|:|=|#)?[ \t]{0,2}[\"']?"
    r"(\d{2,4}(?:[ -]?\d{2,4}){1,6})(?![\w-])",
    re.I,
)
_ACCOUNT: Final = re.compile(
    r"[\s,;/|-]{1,4}(?:and |und )?(?:account|acct|acc|a/c|konto)\b\.?[ \t]{0,2}"
    r"(?:number|no|nr)?\b\.?[ \t]{0,2}(?:is|:|=|#)?[ \t]{0,2}(\d[\d -]{4,16}\d)(?![\w-])",
    re.I,
)
_BIRTH: Final = Cue(
    "dob|d\\.o\\.b|date of birth|birth ?date|birthday|born|geburtsdatum|geboren|n[ée]e? le"
    "|date de naissance|fecha de nacimiento|data de nascimento|data di nascita|geboortedatum",
    r"\b\.?[\"']?[ \t]{0,2}(?:is|ist|on|am|in|:|=)?[ \t]{0,2}[\"']?"
    r"(\d{1,4}[./ -]\d{1,2}[./ -]\d{2,4}"
    r"|\d{1,2}\.?(?:st|nd|rd|th)?[ ](?:of[ ])?[^\W\d_]{3,12}[ ,]{1,2}\d{4}"
    r"|[^\W\d_]{3,12}[ ]\d{1,2}(?:st|nd|rd|th)?,?[ ]\d{4})\b",
    re.I,
)
NUMBER_CUES: Final = (_CVV, _ID_WORD, _BANK_WORD, _BIRTH)


def email_value(found: str) -> str:
    """The address that a spelling stands for."""
    return _DOT.sub(".", _AT.sub("@", found)).replace(" ", "").casefold()


def _is_host(domain: str) -> bool:
    """Whether mail can go there: `lodash@4.17.21`, `icon@2x.png` and `i5 @ 3.2GHz` are none."""
    if domain.startswith("["):
        return True
    host, _, last = domain.rpartition(".")
    return bool(host) and last[:1].isalpha() and last not in _FILES and len(last) >= 2


def _may_hold(pattern: re.Pattern[str], seen: Seen) -> bool:
    if "@" in seen.text:
        return True
    if pattern is _EMAIL:
        return any(sign in seen.text for sign in ("%40", "&#64;", "=40"))
    return any(word in seen.low for word in _DOTS) or bool(_BRACKETED_AT.search(seen.low))


def find_emails(seen: Seen, own_domains: frozenset[str], named: frozenset[str]) -> Iterator[Span]:
    """E-mail addresses; those of the operator's own domains are no customer's and stay.

    Those that the ticket's fields name never do.
    """
    for pattern in (_EMAIL, _SPELT):
        for found in pattern.finditer(seen.text) if _may_hold(pattern, seen) else ():
            value = email_value(found[0])
            domain = value.rpartition("@")[2]
            if value not in named and not _is_host(domain):
                continue
            if value not in named and any(
                domain == d or domain.endswith("." + d) for d in own_domains
            ):
                continue
            lead = len(found[0]) - len(found[0].lstrip("'`*{|=/&?!#"))
            yield Span(found.start() + lead, found.end(), "email")


def _card_in(run: str, *, ordered: bool) -> tuple[int, int] | None:
    """The card in a row of digits: all of it, or groups of it that are laid out as cards are."""
    groups = [(group.start(), group.end()) for group in _DIGITS.finditer(run)]
    sizes = [end - start for start, end in groups]
    if 13 <= sum(sizes) <= 19 and not ordered and _is_card(run):
        return 0, len(run)
    for first in range(len(groups)):
        for layout in _LAYOUTS:
            if tuple(sizes[first : first + len(layout)]) == layout:
                start, end = groups[first][0], groups[first + len(layout) - 1][1]
                if _is_card(run[start:end]):
                    return start, end
        if sizes[first] in (15, 16) and not ordered and _is_card(run[slice(*groups[first])]):
            return groups[first]
    return None


def _is_card(text: str) -> bool:
    digits = "".join(_DIGITS.findall(text))
    return digits[0] in "23456" and len(set(digits)) > 1 and luhn.is_valid(digits)


def find_cards(seen: Seen) -> Iterator[Span]:
    """Payment cards and the check numbers beside them."""
    text = seen.text
    for found in _CARD.finditer(text) if seen.has_number else ():
        before = text[max(0, found.start() - 60) : found.start()]
        ordered = bool(_NO_CARD.search(before))
        place = _card_in(found[0], ordered=ordered)
        size = sum(char.isdigit() for char in found[0])
        if not place and not ordered and size <= 19 and _CARD_WORD.search(before):
            place = 0, len(found[0])
        if place:
            start, end = found.start() + place[0], found.start() + place[1]
            more = _CARD_MORE.match(text, end)
            yield Span(start, more.end() if more else end, "card")
    for found in _GROUPED_CARD.finditer(text) if seen.has_number else ():
        if _is_card(found[0]):
            yield Span(found.start(), found.end(), "card")
    for found in seen.find(_CVV):
        yield Span(found.start(1), found.end(1), "card")


def find_ibans(seen: Seen) -> Iterator[Span]:
    """Bank accounts whose check digits are right, or that are called IBAN."""
    text = seen.text
    for found in _IBAN.finditer(text) if seen.has_digit else ():
        ends = [i + 1 for i, char in enumerate(found[0]) if char.isalnum()]
        for size in range(len(ends), 14, -1):
            if iban.is_valid(found[0][: ends[size - 1]], check_country=False):
                yield Span(found.start(), found.start() + ends[size - 1], "iban")
                break
        else:
            if _IBAN_WORD.search(text[max(0, found.start() - 40) : found.start()]):
                yield Span(found.start(), found.end(), "iban")


def find_accounts(seen: Seen) -> Iterator[Span]:
    """Accounts at a bank, by the word before them."""
    for found in seen.find(_BANK_WORD) if seen.has_digit else ():
        if sum(char.isdigit() for char in found[1]) >= 6:
            yield Span(found.start(1), found.end(1), "iban")
            if beside := _ACCOUNT.match(seen.text, found.end()):
                yield Span(beside.start(1), beside.end(1), "iban")


def _is_national_id(shape: str, value: str) -> bool:
    checks = {"codice": codicefiscale, "dni": dni, "nie": nie, "cpf": cpf, "ric": ric}
    try:
        if shape in checks:
            return bool(checks[shape].is_valid(value))
        if shape == "personnummer":
            return bool(luhn.is_valid(re.sub(r"\D", "", value)[-10:]))
    except (ValidationError, ValueError):
        return False
    return shape == "nino"


def find_ids(seen: Seen) -> Iterator[Span]:
    """National ids: by a shape that nothing else has, or by the word before them."""
    for found in _SSN.finditer(seen.text) if seen.has_number else ():
        yield Span(found.start(), found.end(), "id")
    for found in _PART_OF_SSN.finditer(seen.text) if "-xx" in seen.low or "-**" in seen.low else ():
        yield Span(found.start(), found.end(), "id")
    for found in _SHAPED.finditer(seen.text) if seen.has_number else ():
        if found.lastgroup and _is_national_id(found.lastgroup, found[0]):
            yield Span(found.start(), found.end(), "id")
    for found in seen.find(_ID_WORD) if seen.has_digit else ():
        least = 2 if "plate" in found[0].lower() else 3
        if sum(char.isdigit() for char in found["value"]) >= least:
            yield Span(found.start("value"), found.end("value"), "id")
    for found in seen.find(_BIRTH) if seen.has_digit else ():
        yield Span(found.start(1), found.end(1), "id")
