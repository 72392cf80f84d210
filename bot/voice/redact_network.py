"""Find network addresses, and leave versions and addresses that every machine has."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from typing import Final

from bot.voice.redact_cues import Seen
from bot.voice.redact_shadow import Span

_IPV4: Final = re.compile(
    r"(?<![A-Za-z0-9_\u00aa-\u024f.-])(?:\d{1,3}\.){3}\d{1,3}(?![A-Za-z0-9_\u00aa-\u024f]|\.\d|-\d)"
)
_THREE_NUMBERS: Final = re.compile(r"\.\d{1,3}\.\d")
_IPV6: Final = re.compile(
    r"(?<![\w:.])(?=[0-9a-fA-F]{0,4}:[0-9a-fA-F]{0,4}:)[0-9a-fA-F:.]{3,45}(?![\w:])"
)
_MAC: Final = re.compile(
    r"(?<![\w:-])[0-9a-f]{2}(?:([:-])[0-9a-f]{2})(?:\1[0-9a-f]{2}){4}(?![\w:-])", re.I
)
_EVERYWHERE: Final = frozenset({"127.0.0.1", "0.0.0.0", "255.255.255.255"})
# Whose folder it is, in the paths of a stack trace.
_HOME: Final = re.compile(
    r"[\\/]{1,2}(?:Users|home|Documents and Settings)[\\/]{1,2}"
    r"([\w.-]{2,40})(?=[\\/\s\"':;,)]|\Z)",
    re.I,
)
_NOBODYS: Final = frozenset(
    {"public", "default", "root", "ubuntu", "ec2-user", "runner", "jenkins", "vagrant", "app"}
    | {"admin", "administrator", "user", "node", "deploy", "www-data", "git", "docker", "shared"}
)
_VERSION_WORD: Final = re.compile(
    r"(?:\b(?:version|vers|ver|v|build|release|firmware|driver|agent|app|update(?:d)?(?:"
    r" to)?|upgrade"
    r"(?:d)?(?: to)?|patch|client|sdk|android|ios|chrome|firefox|edge|safari|opera|outlook|windows)"
    r"|/)[ \t]{0,2}[:=v#(]?[ \t]{0,2}\Z",
    re.I,
)


def _address(value: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(value)
    except ValueError:
        return None


def find_ips(seen: Seen) -> Iterator[Span]:
    """Network addresses of customers: not versions, nor addresses that every machine has."""
    text = seen.text
    for found in _IPV4.finditer(text) if _THREE_NUMBERS.search(text) else ():
        address = _address(found[0])
        before = text[max(0, found.start() - 24) : found.start()]
        if address and found[0] not in _EVERYWHERE and not _VERSION_WORD.search(before):
            yield Span(found.start(), found.end(), "ip")
    for found in _IPV6.finditer(text) if seen.has_digit and text.count(":") >= 2 else ():
        value = found[0].rstrip(".")
        value = value[:-1] if value.endswith(":") and not value.endswith("::") else value
        address = _address(value)
        groups = [group for group in value.split(":") if group]
        long = len(groups) >= 3 or (groups and len(groups[0]) == 4)
        if address and long and not address.is_loopback and any(c.isdigit() for c in value):
            yield Span(found.start(), found.start() + len(value), "ip")
    for found in (
        _HOME.finditer(text) if "sers" in text or "ome" in text or "ettings" in text else ()
    ):
        if found[1].lower() not in _NOBODYS:
            yield Span(found.start(1), found.end(1), "name")
    for found in _MAC.finditer(text) if max(map(text.count, ":-")) >= 5 else ():
        yield Span(found.start(), found.end(), "id")
