"""The forms in which people type a stretch of time, as one pattern; `windows` reads its groups."""

from __future__ import annotations

import re
from typing import Final

from bot.voice.calendar_days import MONTHS
from bot.voice.days import COUNTED, DATE, LONG_UNIT, NUMBER, PLAIN, WEEKDAY

_SHORT_UNIT: Final = r"(?:hrs?|h|d|wks?|w|mos?|mths?|m|yrs?|y)"
_TO: Final = r"(?:to|until|till?|through|thru|and|-|–|—|\.\.+)"
_LAST: Final = r"(?:last|past|previous|preceding)"
_UP_TO: Final = r"\s(?:until|till?|before|up\sto|ending)\s"
# In this order, at the same place of the text: the longer forms before those that begin alike.
WINDOW: Final = re.compile(
    r"(?<![\w.:/'-])(?:"
    rf"(?:from\s|between\s|since\s)(?P<from>{DATE})\s?{_TO}\s?(?P<to>{DATE}|now)"
    rf"|(?P<first>{PLAIN})\s?(?:to|until|till?|through|thru|-|–|—|\.\.+)\s?(?P<last>{PLAIN}|now)"
    rf"|(?:ever\s)?since\s(?P<since>{DATE})"
    rf"|(?:after|starting|from)\s(?P<start>{PLAIN}|{WEEKDAY})"
    rf"|(?P<until>until|till?|before|up\sto|ending)\s(?:(?:the\s)?end\sof\s)?(?P<end>{DATE})"
    rf"|(?:(?:in|over|for|during|within)\s)?(?:the\s|these\s|our\s)?(?:{_LAST}|since)\s"
    rf"(?:(?P<count>{NUMBER})\s?(?P<counted>{LONG_UNIT}|{_SHORT_UNIT})"
    rf"|(?P<one>hour|fortnight|half\syear))(?:{_UP_TO}(?P<counted_to>{DATE}))?"
    r"|(?P<all>all\stime|since\sforever|since\sever|of\sall\stimes?)"
    r"|since\s(?P<bad>[0-9]\S{0,30}|[^\W\d_]{4,12})"
    rf"|(?P<length>[0-9]{{1,20}})(?P<unit>{_SHORT_UNIT}|{LONG_UNIT})"
    rf"(?:{_UP_TO}(?P<length_to>{DATE}))?"
    rf"|(?P<loose>[0-9]{{1,20}}|(?:a\s)?couple\sof|a\sfew|{'|'.join(COUNTED)})\s"
    rf"(?P<loose_unit>{LONG_UNIT}|{_SHORT_UNIT})(?!\sago)"
    rf"|(?:in|on|during|for|over|within)\s(?P<in>{DATE})"
    rf"|(?:so\sfar\s)?(?P<plain>{PLAIN})"
    r"|(?P<to_date>ytd|mtd|qtd|wtd|(?:year|month|quarter|week)[\s-]to[\s-]date)"
    rf"|(?P<ago>{NUMBER}\s?{LONG_UNIT}\sago)"
    r"|(?P<future>tomorrow|next\s(?:week|month|quarter|year))"
    rf"|(?P<month>{'|'.join(name for name in MONTHS if name not in ('march', 'may'))})"
    r"|(?P<year>(?:19|20)[0-9]{2})"
    r"|(?P<slashed>[0-9]{1,2}/[0-9]{1,2}/(?:[0-9]{2}){1,2})"
    r")(?:['’]s)?(?![\w/'’-]|\.[0-9])",
    re.IGNORECASE,
)
