"""Cut a text into sentences that can be quoted.

Customers write without care for punctuation: subjects without a full stop, log lines, version
numbers, "e.g." and "so... then". Rules over white-space tokens handle these in linear time and
keep each sentence a verbatim piece of the text; a library would bring rules for prose alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from bot.voice.wordset import word_set

_TOKEN: Final = re.compile(r"\S+")
_CLOSERS: Final = "\"'”’»)]}*_`>"
_OPENERS: Final = "\"'“‘«([{*_`¿¡"
_STOPS: Final = ".!?…‽؟۔।"
_CJK_STOP: Final = re.compile("[。！？｡]+[」』”’）)]*")
_CJK_SIGNS: Final = frozenset("。！？｡")
_STOP_SIGNS: Final = frozenset(_STOPS) | _CJK_SIGNS
_LONG_TOKEN: Final = 200


_ABBREVIATIONS: Final = word_set(
    "mr mrs ms dr prof st vs e.g i.e eg ie cf approx ca resp incl excl min max fig vol ver dept "
    "jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri bzw ggf usw z.b d.h u.a "
    "evtl nr bspw inkl zzgl str p.ex ex sr sra srta ud uds pag núm sig dott art tel temp est avg "
    "misc esp orig aka i.a m.in np tzn tj itp ок т.е т.к т.д напр гг руб стр"
)
_MAY_END: Final = word_set("etc inc ltd co corp jr sr al a.m p.m am pm u.s u.k e.u usw itd т.д т.п")
_ALSO_WORDS: Final = word_set("min max mar jan sat sun art ex")
_BEFORE_NUMBER: Final = word_set("no nr fig vol ver p pp art sec ch build rev núm n°")
_INITIALS: Final = re.compile(r"(?:[^\W\d_]\.){1,6}[^\W\d_]")
_NUMBERING: Final = re.compile(r"(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,4})[.)]")
_BULLETS: Final = frozenset({"-", "*", "•", "–", "—", ">", "+", "·", "=>", "->", "→", "#", "&"})

_STARTERS: Final = (
    "I|I'm|I’m|I've|I’ve|It|Its|It's|It’s|The|This|That|There|These|They|But|And|So|Also|Then|"
    "We|You|My|Our|Your|He|She|If|When|What|Why|How|Where|Who|Please|Can|Could|Would|Is|Are|Do|"
    "Does|Did|Not|No|Now|After|Before|Even|Every|Just|Only|Still|Yes|Thanks|Thank|Love|For|In|On|"
    "Ich|Das|Die|Der|Es|Wir|Je|Il|Le|La|Les|El|No|Pero|Mais|Aber"
)
_GLUED: Final = re.compile(rf"(?<=[^\W\d_]{{2}})[.!?]{{1,5}}(?=(?:{_STARTERS})\Z)")
_GLUED_HARD: Final = re.compile(r"(?<=[^\W\d_]{2})[!?]{1,5}(?=[A-Z][a-z]{1,20},?\Z)")
_NO_PROSE: Final = re.compile(r"[/\\@_=:#<>(){}\[\]]")

_LONG_SENTENCE: Final = 30
_SHORTEST_CLAUSE: Final = 8
_AFTER_COMMA: Final = word_set(
    "and but so then because when however which also now i it if the please"
)
_LINKS: Final = word_set("but because however so and then when now")
_SUBJECTS: Final = word_set("i it the my this that there when if now they you we not then")

_STAMP: Final = r"\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d|\[?\d\d?:\d\d:\d\d[.,\]\s]"
_LOG_LINE: Final = re.compile(
    rf"\s*(?:{_STAMP}|at\s[\w$.<>/]{{2,200}}\s?\(|at\s\S{{1,200}}:\d+|File\s\".{{1,200}}\", line"
    r"|Traceback \(most|Caused by: |\[?(?:TRACE|DEBUG|INFO|WARN|WARNING|ERROR|FATAL)\]?[\s:]"
    r"|(?:[a-z]\w{0,60}\.){2,8}[A-Z]\w{0,80}(?::|\Z)|[A-Z]\w{1,60}(?:Error|Exception)\b"
    r"|(?:\$|>>>|PS>|C:\\[^>]{0,80}>|curl)\s|[<{\[]/?[\w\"]|[\w.-]{1,60}\s?[:=]\s?[{\[\"]"
    r"|#\d{1,3}\s+0x|\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\s-\s)"
)


def _ends(token: str, following: str, *, first: bool) -> bool:
    """Whether a sentence ends after `token`, seen with the token that follows."""
    core = token.rstrip(_CLOSERS)
    stem = core.rstrip(_STOPS)
    stop = core[len(stem) :]
    if not stop or not stem.strip(_OPENERS):
        return bool(stop) and not first and stop.strip(".") != ""
    if first and len(token) <= 5 and _NUMBERING.fullmatch(token):
        return False
    head = following.lstrip(_OPENERS)[:1]
    if stop == "…" or stop.startswith(".."):
        return not head.islower()
    if stop != ".":
        return True
    word = stem.lstrip(_OPENERS).lower() if len(stem) <= 30 else ""
    if word in _BEFORE_NUMBER and head.isdigit():
        return False
    if word in _MAY_END:
        return head.isupper()
    if word in _ABBREVIATIONS:
        return word in _ALSO_WORDS and head.isupper()
    if len(word) == 1:
        return word == "i" or not word.isalpha()
    return not (len(word) <= 12 and _INITIALS.fullmatch(word))


def _inner(token: str) -> list[int]:
    """Places inside a token where a sentence ends without a space ("broke.Then", "。")."""
    found: list[int] = []
    if not _CJK_SIGNS.isdisjoint(token):
        ends = (stop.end() for stop in _CJK_STOP.finditer(token))
        found += [end for end in ends if end < len(token)]
    if len(token) > _LONG_TOKEN or _NO_PROSE.search(token) or token.count(".") > 1:
        return found
    glued = _GLUED.search(token) or _GLUED_HARD.search(token)
    return sorted([*found, glued.end()]) if glued else found


def _cuts(line: str) -> Iterator[int]:
    if _STOP_SIGNS.isdisjoint(line):
        return
    tokens = [(token.start(), token[0]) for token in _TOKEN.finditer(line)]
    begins = True
    for index, (start, token) in enumerate(tokens):
        if _STOP_SIGNS.isdisjoint(token):
            begins = False
            continue
        for offset in _inner(token):
            yield start + offset
        following = tokens[index + 1][1] if index + 1 < len(tokens) else ""
        begins = bool(_ends(token, following, first=begins) or _CJK_STOP.search(token[-4:]))
        if not begins or not following:
            continue
        if following in _BULLETS or any(char.isalnum() for char in following[:_LONG_TOKEN]):
            yield start + len(token)
        elif index + 2 < len(tokens):
            # A smiley after the full stop belongs to the sentence that it comments on.
            yield tokens[index + 1][0] + len(following)


def each_sentence(text: str) -> Iterator[str]:
    """Verbatim sentences in the order of the text; each line ends one, log lines stay whole.

    Pieces without a letter or digit are left out.
    """
    for line in text.split("\n"):
        if not any(map(str.isalnum, line)):
            continue
        cuts = [] if _LOG_LINE.match(line) else sorted(set(_cuts(line)))
        for begin, end in pairwise([0, *cuts, len(line)]):
            piece = line[begin:end].strip()
            if any(map(str.isalnum, piece)):
                yield piece


def sentences(text: str) -> list[str]:
    """All of `each_sentence`."""
    return list(each_sentence(text))


def clauses(sentence: str) -> list[str]:
    """A sentence of at most 30 words as it is, a longer one cut where its clauses begin.

    Hasty writers string a whole story together with "and" and "but"; nobody quotes all of it.
    """
    if sentence.count(" ") < _LONG_SENTENCE:
        return [sentence]
    tokens = [(token.start(), token[0].lower()) for token in _TOKEN.finditer(sentence)]
    cuts = [0]
    last = 0
    for place in range(_SHORTEST_CLAUSE, len(tokens) - _SHORTEST_CLAUSE + 1):
        word, before = tokens[place][1], tokens[place - 1][1]
        is_start = (before[-1] in ",;:" and word in _AFTER_COMMA) or (
            word in _LINKS and tokens[place + 1][1] in _SUBJECTS
        )
        if is_start and place - last >= _SHORTEST_CLAUSE:
            cuts.append(tokens[place][0])
            last = place
    return [sentence[a:b].strip() for a, b in pairwise([*cuts, len(sentence)])]
