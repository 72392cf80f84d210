"""Find secrets: keys, tokens, passwords.

A secret has no owner to ask and no form that all share, so several weak signs are united:
the prefix that a provider gives its keys, the name of the field, the word "password", and
strings that no person would type. Every repeat is bounded, so hostile text costs no time.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from bot.voice.redact_cues import Cue, Seen, expansions, folded_word
from bot.voice.redact_shadow import Span
from bot.voice.wordset import word_set

_PREFIXED: Final = re.compile(
    r"(?<![A-Za-z0-9])(?:gh[opsur]_[A-Za-z0-9]{16,255}|github_pat_\w{20,255}"
    r"|gl[a-z]{2,5}-[\w-]{16,300}|xox[a-z]-[\w-]{10,300}|xapp-[\w-]{10,300}|xoxe\.[\w.-]{10,300}"
    r"|[spr]k[-_](?:live|test|proj|ant|or|svcacct)[-_][\w-]{8,300}|sk-[A-Za-z0-9_-]{16,300}"
    r"|(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{12,20}|AIza[\w-]{20,60}|ya29\.[\w-]{10,300}"
    r"|1//0[\w-]{20,200}"
    r"|npm_[A-Za-z0-9]{16,80}|pypi-[\w-]{20,300}|do[oprt]_v1_[a-f0-9]{20,100}|hf_[A-Za-z0-9]{16,80}"
    r"|SG\.[\w-]{10,80}\.[\w-]{10,100}|shp(?:at|ca|pa|ss)_[a-fA-F0-9]{16,80}"
    r"|sq0[a-z]{3}-[\w-]{10,80}"
    r"|whsec_[\w+/=-]{10,120}|lin_api_\w{16,100}|fig[du]_[\w-]{16,100}|ATATT[\w=-]{16,300}"
    r"|gl(?:sa|c)_[\w+/=]{16,200}|dapi[a-f0-9]{24,60}|hv[sb]\.[\w-]{16,300}"
    r"|sntr[ysu]{1,2}_[\w=]{16,300}"
    r"|(?:pul|rubygems|dckr_pat|NRAK|phc|phx|secret|ntn|key|pat|sbp|vercel|rnd|tok|api)"
    r"[-_](?:[a-z]{2,8}[-_]){0,2}(?=[A-Za-z]{0,20}\d)[A-Za-z0-9_]{16,200}|EAA[A-Za-z0-9]{30,300}"
    r"|AGE-SECRET-KEY-[A-Z0-9]{20,80}|[0-9]{8,10}:AA[\w-]{30,40})"
)
_JWT: Final = re.compile(r"(?<![\w-])eyJ[\w-]{8,4000}\.[\w-]{4,8000}(?:\.[\w-]{0,2000}){0,3}")
_SCHEME: Final = Cue(
    "bearer|basic|digest|token|apikey",
    r"[ \t]{1,3}[\"']?([A-Za-z0-9+/_.=~:-]{8,4000})",
    re.I,
)
_AUTHORIZATION: Final = Cue(
    "(?:proxy-)?authorization",
    r"[\"']?[ \t]{0,3}[:=][ \t]{0,3}[\"']?"
    r"((?:[A-Za-z]{3,12}[ \t]{1,3})?[^\s\"',;]{4,4000})",
    re.I,
)
_HOOK: Final = re.compile(
    r"https?://(?:hooks\.slack\.com/(?:services|workflows|triggers)/"
    r"|[\w.]{0,40}discord(?:app)?\.com"
    r"/api/webhooks/|[\w.-]{1,80}\.webhook\.office\.com/)[\w/@.-]{8,400}",
    re.I,
)

_STRONG: Final = (
    r"pass(?:word|wd|phrase|code|wort|wrd)?|pwd|pw|secret|api[_-]?key|apikey|(?:access|auth"
    r"|refresh|"
    r"id|bearer|csrf|session|api|bot|user)?[_-]?token|access[_-]?key(?:[_-]?id)?|private[_-]?key|"
    r"client[_-]?secret|credentials?|mysql_pwd|encryption[_-]?key|signing[_-]?key|"
    r"mot de passe|contrase[nñ]a|senha|wachtwoord|has[lł]o|l[oö]senord|adgangskode|kennwort|parola|"
    r"[sş]ifre|пароль|パスワード|密码|密碼|비밀번호"
)
_WEAK: Final = r"key|session|sess|sid|cookie|auth|csrf|sig|signature|salt|license|licence|hash"
_NAME: Final = (
    rf"(?:(?<![^\W_])|(?<=[a-z])(?=[A-Z])|(?<=_))(?:(?P<strong>{_STRONG})|(?P<weak>{_WEAK}))"
    r"(?:s|[_-]?\d{1,3}|[_-][A-Za-z]{1,20}|id)?[\"'\]]{0,2}[ \t]{0,3}"
)
_NAMED: Final = re.compile(rf"{_NAME}\Z", re.I)
FIELD: Final = re.compile(
    rf"{_NAME}(?:=>|:=|[:=：])[ \t]{{0,3}}"
    r"(?:\"(?P<double>(?:[^\"\\\n]"
    r"|\\.){1,4000})\"?|'(?P<single>[^'\n]{1,4000})'?|(?P<bare>[^\s\"'<>]{1,4000}))",
    re.I,
)
_EQUALS: Final = re.compile("[:=：]")
_NAMES: Final = frozenset(folded_word(name) for name in expansions(f"{_STRONG}|{_WEAK}"))
_STEMS: Final = tuple(
    name for name in sorted(_NAMES) if not any(other in name for other in _NAMES - {name})
)
_REACH: Final = max(map(len, _NAMES)) + 26
"""How far before its equals sign a field's name may begin."""
_SAID: Final = Cue(
    r"pass(?:word|wd|phrase|code|wort)?|pwd|pw|pin(?: code)?|secret|api key|kennwort|"
    r"mot de passe|contrase[nñ]a|senha|wachtwoord|has[lł]o|l[oö]senord|parola",
    r"\b(?:[ \t](?:for|to|of|on|in|für|de|para|do|voor)(?:[ \t][\w.@-]{1,40}){1,4}?)?"
    r"[ \t]{1,3}(?:(?P<is>is|was|ist|war|lautet|est|es|é|è|är|to jest|=)|to|as|-)[ \t]{1,3}"
    r"(?:now |still |currently |just |set to |:[ \t]?)?[\"'`]?(?P<value>[^\s\"'`<>]{3,200})"
    r"(?P<after>[\"'`]|[ \t](?:and|but|can|could|please|with|for|und|y|et|e)\b"
    r"|[ \t]{0,2}(?:\n|\Z)|)",
    re.I,
)
_USING: Final = Cue(
    "pass(?:word|wd|phrase|code)?|pwd|pw|secret|pin",
    r"[ \t]{1,3}(?:of[ \t]|-[ \t])?"
    r"[\"'`(]?((?=[^\s\"'`<>]{0,60}\d)[^\s\"'`<>()]{5,100})",
    re.I,
)
_KEYED: Final = Cue(
    "(?:api|access|secret|auth|private|licen[cs]e|product|activation)[ -](?:key|token)",
    r"s?(?:[ \t]is|:|=)?[ \t]{1,3}[\"'`(]?((?=[^\s\"'`<>]{0,60}\d)[A-Za-z0-9_.+/=-]{8,200})",
    re.I,
)
_CODE: Final = Cue(
    "pin|otp|2fa|mfa|tan|(?:security|verification|access|one[- ]time|sms|auth|backup)"
    "[ -](?:code|pin|password)",
    r"\b(?:[ \t](?:code|number))?[ \t]{0,2}(?:is|was|:|=|ist)?[ \t]{0,2}"
    r"(\d{3}[ -]\d{3}|\d{4,8})\b",
    re.I,
)
# curl -u mo:hunter2, mysql -phunter2: what stands behind a flag on a command line.
_COMMAND: Final = Cue(
    "curl|wget|http|mysql|mysqldump|mariadb|psql|mongo|sshpass|redis-cli|smbclient|ldapsearch",
    r"\b(?:[ \t]{1,3}[^\s|;]{1,200}){0,8}?[ \t]{1,3}(?:(?:-u|--user)[ =]?[\"']?[^\s:\"']{1,80}:"
    r"|-p(?=[^\s]{4})(?!ort)[\"']?|-a[ ]|--(?:http-)?password[ =])([^\s\"']{3,200})",
)
_NEAR: Final = Cue(
    "pass(?:word|wd|phrase|code|wort)?|pwd|kennwort|contrase[nñ]a|senha|wachtwoord|has[lł]o",
    r"\b[^\n.;]{1,40}?[ ,:(\"'](?=[^\s,\"'<>]{0,40}[!@#$%^&*?~+=])(?=[^\s,\"'<>]{0,40}\d)"
    r"(?=[^\s,\"'<>]{0,40}[A-Za-z])([^\s,;:()\"'<>\[\]/\\]{6,60})(?=[\s,.;)\"']|\Z)",
    re.I,
)
SECRET_CUES: Final = (_SCHEME, _AUTHORIZATION, _SAID, _USING, _CODE, _KEYED, _COMMAND, _NEAR)
_SHORTEST: Final = 14
"""Characters of the shortest secret that is known by its looks; none has a space in it."""
_SPOKEN: Final = word_set(
    "broken dead down stuck slow locked disabled blocked greyed grayed messed available unclear",
    "confusing annoying simple easy hard difficult impossible resetting changing",
    "a accepted already also always an and any are as at be been being blank but by can can't",
    "cannot case case-sensitive changed copied correct could did different do does doesn't don't",
    "dont during empty encrypted enough enter entered errada errata expired expires failed fails",
    "falsch false fel field fine for forgotten fout from get gone good hashed have here hidden",
    "how i if ignored in incorrect incorrecta incorrecto input invalid is it it's its just keeps",
    "kein keine length list long lost manager me missing more must my needed never new nicht niet",
    "no none not nothing now null of off ok old on one only optional or our page pas please",
    "policy prompt protected rejected required reset richtig right rules same saved sbagliata",
    "screen secure set should shown so still stored strength string strong that the their them",
    "then there they this to too true type unchanged undefined undefined, ungültig unknown",
    "updated used valid visible was wasn't weak weg what when where which why wie will with",
    "without working wrong yes you your",
)
_LONG: Final = re.compile(r"(?<![\w/.+=-])[A-Za-z0-9_-]{24,600}={0,2}(?![\w/=-])")
_BASE64: Final = re.compile(r"(?<![\w/.+=-])[A-Za-z0-9+/]{40,4000}={0,2}(?![\w/=-])")
_UUID: Final = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}", re.I)
_HEX: Final = re.compile(r"(?:0x)?[0-9a-f-]+", re.I)
_KIND_OF_CHAR: Final = {**dict.fromkeys("0123456789", 0), **dict.fromkeys("-_+/=", 3)}

# Editors make one dash of several; PuTTY's own files have no dashes at all.
_BEGIN: Final = re.compile(
    r"-{1,6} ?BEGIN[A-Z0-9 ]{0,40}PRIVATE[A-Z0-9 ]{0,40}-{1,6}|PuTTY-User-Key-File-\d", re.I
)
_END: Final = re.compile(
    r"-{1,6} ?END[A-Z0-9 ]{0,40}PRIVATE[A-Z0-9 ]{0,40}-{1,6}|Private-(?:MAC|Hash): ?\w{0,200}", re.I
)


def looks_random(value: str) -> bool:
    """Whether no person would type this: many changes between cases and digits."""
    if _UUID.fullmatch(value) or _HEX.fullmatch(value):
        return False
    kinds = [_KIND_OF_CHAR.get(c, 1 if c.isupper() else 2) for c in value]
    counts = Counter(kinds)
    if counts[0] < 2 or counts[2] < 3 or counts[1] < 3:
        return False
    changes = sum(a != b and 3 not in (a, b) for a, b in pairwise(kinds))
    size = len(value)
    entropy = -sum(n / size * math.log2(n / size) for n in Counter(value).values())
    return changes / size >= 0.28 and entropy >= 3.6


def _is_told(value: str) -> bool:
    """Whether the word after "password is" may be one: ordinary words of a sentence are not."""
    bare = value.strip(".,;:!?()[]*").lower()
    return len(bare) >= 3 and bare not in _SPOKEN and not TOKEN_START.match(value)


# <password>x</password>; {"name": "password", "value": "x"}, as XML, YAML and JSON have it.
_TAGGED: Final = re.compile(
    rf"<(?:[\w.-]{{0,40}}[:._-])?(?:{_STRONG})(?:[ \t][^<>\n]{{0,100}})?>"
    r"[ \t]{0,3}([^<>\n]{1,400})</",
    re.I,
)
_PAIRED: Final = re.compile(
    rf"\b(?:name|key)[\"']?[ \t]{{0,3}}[:=][ \t]{{0,3}}[\"']?[\w.-]{{0,40}}?(?:{_STRONG})"
    r"[\"']?[ \t,]{0,4}\n?[ \t]{0,20}"
    r"[\"']?value[\"']?[ \t]{0,3}[:=][ \t]{0,3}[\"']?([^\s\"'<>]{1,400})",
    re.I,
)
_BELOW: Final = re.compile(
    rf"^[ \t>*-]{{0,6}}(?:{_STRONG})[ \t]{{0,2}}[:=]?[ \t]{{0,3}}\n[ \t>]{{0,8}}"
    r"(?=[^\s]{0,40}\d)([^\s]{4,100})[ \t]{0,3}$",
    re.I | re.M,
)
TOKEN_START: Final = re.compile(
    r"\[(?:secret|email|link|phone|card|name|id|iban|ip|address|private) \d{0,5}\]?"
)


def _private_keys(text: str) -> Iterator[Span]:
    position = 0
    while begin := _BEGIN.search(text, position):
        end = _END.search(text, begin.end())
        # A key without its end line may go on to the last character.
        position = end.end() if end else len(text)
        yield Span(begin.start(), position, "secret")


def _fields(text: str) -> Iterator[Span]:
    for field in fields(text):
        name = next(n for n in ("double", "single", "bare") if field[n] is not None)
        value, start = field[name], field.start(name)
        if name == "bare":
            value = re.split(r"[;,&](?=\s|$|\w+=)|[;&]", value, maxsplit=1)[0].rstrip(".,;)]}")
        if field["weak"] and not (
            len(value) >= 8 and any(c.isdigit() for c in value) and any(c.isalpha() for c in value)
        ):
            continue
        if value and not TOKEN_START.match(value) and (name != "bare" or _is_told(value)):
            yield Span(start, start + len(value), "secret")


def fields(text: str) -> Iterator[re.Match[str]]:
    """What `FIELD.finditer` finds, looked for before equals signs only."""
    free = 0
    for sign in _EQUALS.finditer(text):
        field = _field_before(text, max(free, sign.start() - _REACH), sign.start())
        if field:
            free = field.end()
            yield field


def _field_before(text: str, begin: int, sign: int) -> re.Match[str] | None:
    """The field whose equals sign stands at `sign` and whose name begins at `begin` or later."""
    lead = folded_word(text[begin:sign])
    if not any(stem in lead for stem in _STEMS):
        return None
    while name := _NAMED.search(text, begin, sign):
        if field := FIELD.match(text, name.start()):
            return field
        begin = name.start() + 1
    return None


def _said(seen: Seen) -> Iterator[Span]:
    for said in seen.find(_SAID):
        value = said["value"].rstrip(".,;!?)")
        # "password is monkey" tells one, "password is lost on reload" and "login to Slack" do not.
        plain = value.isalpha() and (value.islower() or value.istitle())
        closed = said["after"] or value != said["value"]
        if _is_told(value) and (not plain or (said["is"] and closed)):
            yield Span(said.start("value"), said.start("value") + len(value), "secret")


def _told(seen: Seen) -> Iterator[Span]:
    yield from _said(seen)
    for found in seen.find(_USING):
        value = found[1].rstrip(".,;!?)")
        if _is_told(value):
            yield Span(found.start(1), found.start(1) + len(value), "secret")
    for cue in (_KEYED, _COMMAND, _NEAR):
        for found in seen.find(cue):
            value = found[1] if cue is _COMMAND else found[1].rstrip(".,;!?)")
            if _is_told(value):
                yield Span(found.start(1), found.start(1) + len(value), "secret")
    for pattern, sign in ((_TAGGED, "</"), (_PAIRED, "alue"), (_BELOW, "\n")):
        for found in pattern.finditer(seen.text) if sign in seen.text else ():
            if _is_told(found[1]):
                yield Span(found.start(1), found.end(1), "secret")
    for found in seen.find(_CODE):
        yield Span(found.start(1), found.end(1), "secret")


def _looking_secret(text: str) -> Iterator[Span]:
    for pattern in (_PREFIXED, _JWT, _HOOK):
        for found in pattern.finditer(text):
            yield Span(found.start(), found.end(), "secret")
    for pattern in (_LONG, _BASE64):
        for found in pattern.finditer(text):
            if looks_random(found[0]):
                yield Span(found.start(), found.end(), "secret")


def find_secrets(seen: Seen) -> Iterator[Span]:
    """Secrets in a shadow text."""
    text = seen.text
    yield from _private_keys(text)
    if max(map(len, text.split()), default=0) >= _SHORTEST:
        yield from _looking_secret(text)
    for found in seen.find(_AUTHORIZATION):
        yield Span(found.start(1), found.end(1), "secret")
    for found in seen.find(_SCHEME):
        if any(c.isdigit() for c in found[1]) or len(found[1]) > 24 or found[1].endswith("="):
            yield Span(found.start(1), found.end(1), "secret")
    yield from _fields(text)
    yield from _told(seen)
