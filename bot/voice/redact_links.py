"""Find links that carry a login or a token, or let whoever has them in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from bot.voice.redact_secrets import TOKEN_START, looks_random
from bot.voice.redact_shadow import Span

_LINK: Final = re.compile(r"(?<![A-Za-z0-9])[A-Za-z][A-Za-z0-9+]{1,15}://[^\s<>\"'`]{1,4000}")
_HOST: Final = re.compile(r"([A-Za-z][A-Za-z0-9+]{1,15}://)(?:[^/?#]{0,1000}@)?([^/?#@]*)")
_PARAMETER: Final = re.compile(
    r"[?&#;](?:[\w.-]{0,30}[_.-])?(?:token|key|apikey|auth|sig|signature|code|password|pwd"
    r"|pass|secret|"
    r"session|sessionid|sid|jwt|hash|otp|ticket|credential|invite|nonce|email|e-mail|user|phone)"
    r"(?:[_-]\w{0,20})?=[^&#]",
    re.I,
)
# A way in that was mailed to one person: whoever has it is that person.
_WAY_IN: Final = re.compile(
    r"[/?&#=](?:reset|invit|verif|confirm|activat|unsubscri|magic|sso|login|signin|join|token|share"
    r"|password|recover)[\w-]{0,20}[/=](?:[\w-]{1,20}[/=])?(?=[\w.-]{0,40}\d)[\w.-]{12,600}",
    re.I,
)
_PATH_PART: Final = re.compile(r"[A-Za-z0-9_-]{24,600}")


def find_links(text: str) -> Iterator[Span]:
    """Links with a login or a token in them; scheme and host are kept."""
    for link in _LINK.finditer(text) if "://" in text else ():
        url = link[0].rstrip(".,;:!?)]}")
        if TOKEN_START.search(url):
            continue
        host = _HOST.match(url)
        if not host or not host[2]:
            continue
        rest = url[host.end() :]
        parts = _PATH_PART.findall(rest.split("?")[0])
        if (
            "@" in host[0]
            or _PARAMETER.search(rest)
            or _WAY_IN.search(rest)
            or any(map(looks_random, parts))
        ):
            yield Span(link.start(), link.start() + len(url), "link", f"{host[1]}{host[2]}/")
