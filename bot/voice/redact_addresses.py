"""Find street addresses by the words that streets end or begin with.

There is no list of all streets; a house number beside a street word is a strong sign in every
country covered here, and the postcode and city behind it are taken along.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from bot.voice.redact_cues import Cue, Seen, expansions
from bot.voice.redact_shadow import Span

_SUFFIXES: Final = """
    Street St Avenue Ave Av Road Rd Lane Ln Drive Dr Boulevard Blvd Court Ct Place Pl Square Sq Way
    Terrace Ter Trail Trl Parkway Pkwy Circle Cir Highway Hwy Close Crescent Cres Gardens Grove Mews
    Row Alley Walk Hill Green Heights Hollow Knoll Loop Manor Meadow Meadows Mill Mills Mount Oval
    Pass Path Pike Pine Pines Plain Plains Plaza Point Points Port Ports Prairie Ramp Ranch Rapid
    Rapids Ridge Ridges River Rue Run Shoal Shoals Shore Shores Skyway Spring Springs Spur Spurs
    Squares Station Stravenue Stream Summit Throughway Trace Track Trafficway Tunnel Turnpike
    Underpass Union Unions Valley Valleys Via Viaduct View Views Village Villages Ville Vista Walks
    Wall Ways Well Wells Cape Causeway Center Centers Cliff Cliffs Club Common Corner Corners Course
    Courts Cove Coves Creek Crest Crossing Crossroad Curve Dale Dam Divide Drives Estate Estates
    Expressway Extension Extensions Fall Falls Ferry Field Fields Flat Flats Ford Fords Forest Forge
    Forges Fork Forks Fort Freeway Garden Gateway Glen Glens Greens Groves Harbor Harbors Haven
    Hills Inlet Island Islands Isle Junction Junctions Key Keys Knolls Lake Lakes Land Landing Light
    Lights Loaf Lock Locks Lodge Mall Mission Motorway Mountain Mountains Neck Orchard Overpass Park
    Parks Passage Bayou Beach Bend Bluff Bluffs Bottom Branch Bridge Brook Brooks Burg Burgs Bypass
    Camp Canyon
"""
_CAPITAL: Final = "[A-ZÀ-ÖØ-ÞŁŚŻČŠŽ]"
_CAP: Final = rf"{_CAPITAL}[\w'’.-]{{0,24}}"
_SUFFIX: Final = f"(?:{'|'.join(_SUFFIXES.split())})"
_SEP: Final = r"[ \t]{0,3}(?:,[ \t]{0,3}\n?|\n|[ \t])[ \t]{0,3}"
_UNIT: Final = (
    r"(?:[ \t]{0,2},?[ \t]{0,2}(?:Suite|Ste|Apt|Apartment|Unit|Flat|Floor|Fl|Room|#)\.?"
    r"[ \t]{0,2}[\w-]{1,8})?"
)
_FLAT: Final = (
    r"(?:[ ](?:Piano|Piso|Appartamento|Interno|Apt|Apto|Puerta|Planta|Etage|OG|Bloco|Sala|lgh)"
    r"\.?[ ]?\w{1,5})?"
)
_SMALL: Final = r"(?:(?:de|del|da|do|dos|di|la|le|am|an der|sur|upon)[ ])?"
_CITY: Final = rf"{_CAP}(?:[ -]{_SMALL}{_CAP}){{0,3}}"
_PROVINCE: Final = r"(?:[ ]\([A-Z]{2}\)|[ ]/[ ][A-Z]{2}\b)?"
_UK_CODE: Final = r"[A-Z]{1,2}\d[A-Z\d]?[ ]?\d[A-Z]{2}"
_CODE: Final = (
    r"(?:[A-Z]{1,2}-)?(?:\d{3}[ ]\d\d|\d\d-\d{3}|\d{5}-?\d{3}|\d{4}[ ]?[A-Z]{2}|\d{4,5})\b"
)
_CODE_CITY: Final = rf"(?:{_SEP}(?:{_CODE}|{_UK_CODE})(?:,?[ ]{_CITY})?{_PROVINCE})?"
_US_TAIL: Final = (
    rf"(?:(?:{_SEP}{_CITY})?{_SEP}[A-Z]{{2}}[ \t]{{1,3}}\d{{5}}(?:-\d{{4}})?"
    rf"|{_SEP}\d{{5}}(?:-\d{{4}})?\b)"
)
_NUMBER: Final = r"(?<![\w.-])\d{1,6}[A-Za-z]?,?[ \t]{1,2}"
_NAMED: Final = r"(?:[\w'’.-]{1,24}[ ]){0,5}[\w'’.-]{1,24}"

_STREETS_FR: Final = (
    "rue|avenue|boulevard|bd|place|chemin|all[ée]e|impasse|quai|route|cours|square|faubourg"
)
_WITHIN_DE: Final = (
    "stra(?:ß|ss)e|str\\.|weg|platz|allee|gasse|ring|damm|ufer|straat|laan|plein|gracht|dijk|kade"
    "|singel|gatan|gata|v[äa]gen|gr[äa]nd|torget|vej|veien|gade|katu|tie"
)
_ALONE_DE: Final = "Stra(?:ß|ss)e|Str\\.|Weg|Platz|Allee|Gasse|Ring|Damm|Ufer"
_STREETS_ES: Final = (
    "[Cc]alle|C/|Avenida|[Aa]vda\\.?|Av\\.|Plaza|Paseo|Pasaje|Ronda|Via|Viale|Piazza|Corso|Largo"
    "|Vicolo|Strada|Contrada|Borgo|Rua|Travessa|Alameda|Pra[çc]a|Rodovia"
)
_STREETS_PL: Final = "ul\\.|ulica|[Aa]leja|al\\.|plac"
_STREETS_RU: Final = (
    "улица|ул\\.|проспект|пр\\.|алл?\\.|аллея|пер\\.|переулок|наб\\.|бул\\.|бульвар|ш\\.|шоссе"
)

_BEGIN_WITH_NUMBER: Final = (
    # 12 Long Hill Road, Flat 3, Town, ST 12345
    rf"{_NUMBER}(?:{_CAP}[ ]){{1,4}}{_SUFFIX}\b\.?{_UNIT}"
    rf"(?:{_US_TAIL}|(?:{_SEP}{_CITY}){{0,2}}{_SEP}{_UK_CODE}\b|{_CODE_CITY})",
    # 12 Anything Here, Town, ST 12345
    rf"{_NUMBER}{_CITY}{_UNIT}{_SEP}{_CITY}{_SEP}[A-Z]{{2}}[ ]{{1,2}}\d{{5}}\b",
    # Flat 3, 12 Long Hill, Town AB1 2CD
    rf"(?<![\w.-])(?:(?:Flat|Studio|Unit|Apt)[ ]\w{{1,6}}[, \n]{{1,3}})?{_NUMBER}{_CITY}"
    rf"(?:{_SEP}{_CITY}){{0,2}}{_SEP}{_UK_CODE}\b",
)
# 21 bis, rue de la Paix, 75002 Paris
_FRENCH: Final = (
    rf"(?<![\w.-])\d{{1,5}}[ ]?(?:bis|ter|[A-D])?,?[ ]{{1,2}}(?i:{_STREETS_FR})"
    rf"[ ]{_NAMED}{_CODE_CITY}"
)
# Lange Straße 12a, 10115 Berlin; Kerkstraat 5, 1234 AB Stad; Storgatan 5
_GERMAN: Final = (
    # A hyphen ends a word here: as part of it as well, it could be read in thousands of ways.
    rf"(?<!\w)(?:{_CAPITAL}[\w'’.]{{0,24}}(?:[ ]|-(?:[a-zß-ÿ]{{1,12}}-)?)){{0,5}}"
    rf"(?:{_CAPITAL}\w{{1,24}}(?:{_WITHIN_DE})|{_ALONE_DE})"
    rf"[ ]{{1,2}}\d{{1,4}}[ ]?[a-zA-Z]?\b{_CODE_CITY}"
)
# Calle Mayor 5, 28013 Madrid; Via Roma 1, 00100 Roma (RM); Rua das Flores, 12
_SPANISH: Final = (
    rf"(?<!\w)(?:{_STREETS_ES})[ ]{{0,2}}{_NAMED}[ ]?,?[ ]"
    rf"(?:n[º°.]?[ ]?)?\d{{1,5}}(?:/\d{{1,4}})?\w?\b{_FLAT}[ ]?(?:,[ ]?{_CITY}(?=,))?{_CODE_CITY}"
)
# ul. Prosta 2/14, 00-950 Miasto; г. Город, ул. Прямая, д. 5 стр. 2, 123456
_SLAVIC: Final = (
    r"(?<!\w)(?:(?:г|д|с|п|ст|клх)\.[ ][А-ЯЁ][а-яё-]{1,30}(?:[ ]\([^)\n]{1,30}\))?,[ ])?"
    rf"(?:{_STREETS_PL}|(?i:{_STREETS_RU}))[ ]{_NAMED},?[ ](?:д\.[ ]?)?"
    rf"\d{{1,5}}(?:/\d{{1,4}})?\w?\b"
    rf"(?:,?[ ](?:стр|корп|к|кв)\.?[ ]\d{{1,4}}(?:/\d{{1,4}})?){{0,3}}(?:,[ ]\d{{6}})?{_CODE_CITY}"
)
# Anything 12, 741 16 Town; Anything, 12 Piano 3, Town, 12345 Town (XX)
_ANY: Final = (
    rf"(?<!\w)(?:{_CAP}[ ]){{0,4}}{_CAP},?[ ]\d{{1,4}}[a-z]?{_FLAT}[ ]?,[ ]?(?:{_CITY},[ ]?)?"
    rf"(?:\d{{3}}[ ]\d\d|\d\d-\d{{3}}|\d{{5}}-?\d{{3}}|\d{{5}}|\d{{4}}[ ][A-Z]{{2}})\b"
    rf"(?:,?[ ]{_CITY})?{_PROVINCE}"
)
_MILITARY: Final = (
    r"\b(?:PSC|CMR|Unit|USNS|USS|USNV|USCGC)[ ][^\n]{1,40}?(?:APO|FPO|DPO)[, ]{1,2}A[AEP][ ]\d{5}"
)
_JAPANESE: Final = (
    r"[\u4e00-\u9fff]{2,4}[都道府県][\u3040-\u9fffー]{1,20}\d{1,4}"
    r"(?:丁目|番地?|号|-\d{1,4}|\d{1,4}){0,6}[^\s。、]{0,20}",
    r"〒[ ]?\d{3}-?\d{4}[^\n]{0,40}",
)
_BOX: Final = Cue(
    r"p\.?[ ]?o\.?[ ]?box|postfach|apartado|bo[îi]te postale", r"[ ]{1,2}\d{1,7}\b", re.I
)
_SAID: Final = Cue(
    "(?:my|our|the|home|billing|shipping|postal|mailing|street|delivery) address(?: is|:)"
    "|address:|i live (?:at|on|in)|we are (?:located )?at|located at|ship(?:ped)? (?:it )?to"
    "|deliver(?:ed)? to|adresse:",
    r"[ \t]{1,3}(\d{1,6}[ ,][^\n]{4,120})",
    re.I,
)
ADDRESS_CUES: Final = (_SAID, _BOX)
_CLAUSE_END: Final = re.compile(
    r"[.!?;](?:\s|$)|\s(?:and|but|now|please|since|where|so|can|i|we)\s|\bfor\b"
)


def _compiled(*patterns: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern) for pattern in patterns)


def _when_numbered(seen: Seen) -> bool:
    return bool(_NUMBERED.search(seen.text))


def _when_french(seen: Seen) -> bool:
    return any(word in seen.low for word in _FRENCH_WORDS)


def _when_german(seen: Seen) -> bool:
    places = (found.start() for found in _SPACED_DIGIT.finditer(seen.text))
    return any(seen.text[max(0, at - 12) : at].rstrip().endswith(_GERMAN_WORDS) for at in places)


def _when_spanish(seen: Seen) -> bool:
    return any(word in seen.text for word in _SPANISH_WORDS)


def _when_slavic(seen: Seen) -> bool:
    return not seen.text.isascii() or any(word in seen.text for word in _POLISH_WORDS)


def _when_coded(seen: Seen) -> bool:
    return bool(_POSTCODE.search(seen.text))


def _when_military(seen: Seen) -> bool:
    return "PO" in seen.text


def _when_japanese(seen: Seen) -> bool:
    return any(sign in seen.text for sign in "都道府県〒")


_NUMBERED: Final = re.compile(rf"{_NUMBER}{_CAPITAL}")
_SPACED_DIGIT: Final = re.compile(r" \d")
_POSTCODE: Final = re.compile(r", ?\d\d")
_FRENCH_WORDS: Final = tuple(f" {word} " for word in expansions(_STREETS_FR))
_GERMAN_WORDS: Final = tuple(expansions(f"{_WITHIN_DE}|{_ALONE_DE}"))
_SPANISH_WORDS: Final = tuple(expansions(_STREETS_ES))
_POLISH_WORDS: Final = tuple(f"{word} " for word in expansions(_STREETS_PL))
LAYOUTS: Final = (
    (_when_numbered, _compiled(*_BEGIN_WITH_NUMBER)),
    (_when_french, _compiled(_FRENCH)),
    (_when_german, _compiled(_GERMAN)),
    (_when_spanish, _compiled(_SPANISH)),
    (_when_slavic, _compiled(_SLAVIC)),
    (_when_coded, _compiled(_ANY)),
    (_when_military, _compiled(_MILITARY)),
    (_when_japanese, _compiled(*_JAPANESE)),
)
"""Patterns, each behind something that costs little and that all it finds has in it."""


def find_addresses(seen: Seen) -> Iterator[Span]:
    """Street addresses in a shadow text."""
    if not seen.has_digit:
        return
    for is_possible, patterns in LAYOUTS:
        for pattern in patterns if is_possible(seen) else ():
            for found in pattern.finditer(seen.text):
                yield Span(found.start(), found.end(), "address")
    for found in seen.find(_BOX):
        yield Span(found.start(), found.end(), "address")
    for found in seen.find(_SAID):
        value = _CLAUSE_END.split(found[1])[0].rstrip()
        if any(char.isupper() for char in value):
            yield Span(found.start(1), found.start(1) + len(value), "address")
