"""Phrases and places that announce a name, in the languages that tickets come in.

Each pattern ends where the name begins.
"""

from __future__ import annotations

import re
from typing import Final

from bot.voice.redact_cues import Cue

GREETING: Final = re.compile(
    r"(?:^|(?<=[>.!?] ))[ \t>\"]{0,4}(?:hi|hello|hey|dear|hiya|hallo|liebe[rs]?|"
    r"sehr geehrter? (?:herr|frau)|guten (?:tag|morgen|abend)|moin|servus|hola|estimad[oa]"
    r"|querid[oa]|"
    r"buen[oa]s (?:d[ií]as|tardes|noches)|bonjour|bonsoir|salut|ch[eè]re?|ciao|salve|buongiorno|"
    r"buonasera|gentile|egregio|cara|caro|ol[áa]|oi|prezad[oa]|car[oa]|bom dia|boa tarde|hej|hei|"
    r"tjena|beste|geachte|goedemorgen|goedemiddag|dag|cze[śs][ćc]|dzie[ńn] dobry|szanown[yai]|"
    r"witam|merhaba|selam|say[ıi]n|здравствуйте|привет|уважаем(?:ый|ая)|"
    r"good (?:morning|afternoon|evening|day)|greetings|thanks|thank you|thx|cheers|ty|many thanks|"
    r"thanks (?:a lot|so much|again)|merci|danke|gracias|grazie|obrigad[oa]|tack|bedankt)"
    r"[ \t,]{1,3}(?=[^\W\d_])",
    re.I | re.M,
)
THANKED: Final = Cue(
    "thanks|thank you|thx|cheers|ty|merci|danke|gracias|grazie|obrigad[oa]|tack|bedankt",
    r"(?: again| so much| a lot| very much)?[ ,]{1,2}(?=[^\W\d_])",
    re.I,
)
INTRODUCED: Final = Cue(
    r"my (?:full |first |last |legal |user ?)?name(?: is|'s|:)|name is|called|named|"
    r"mein name ist|ich hei(?:ß|ss)e|ich bin|hier ist|je m'appelle|mon nom est|je suis|"
    r"me llamo|mi nombre es|soy|mi chiamo|il mio nome [eè]|sono|meu nome [eé]|(?:eu )?me chamo|"
    r"(?:eu )?sou|mijn naam is|ik ben|ik heet|mitt namn [aä]r|jag heter|jeg hedder|jeg heter|"
    r"nazywam si[eę]|mam na imi[eę]|меня зовут|я|ad[ıi]m|benim ad[ıi]m|i am|i'm|im|this is|it's|"
    r"account holder|card ?holder|holder|beneficiary|signed by|sincerely|owner|recipient|attn|"
    r"kontoinhaber|titulaire|titular|intestatario",
    r"\b[ \t]{0,2}[:,]?[ \t]{1,2}(?=[^\W\d_])",
    re.I,
)
STRONG: Final = re.compile(
    r"name|hei|appelle|llamo|nombre|chiam|chamo|heet|heter|hedder|nazyw|imi|зовут|ad[ıi]m"
)
TITLED: Final = Cue(
    r"M(?:rs?|s|iss|x(?=\.)|me|lle|onsieur|adame|eneer|evrouw|evr)|mrs?|dr|miss|herr"
    r"|frau|Dr|Prof"
    r"|Sir|Herrn?|Frau|Se[ñn]ora?|Sra?|Srta|Signora?|Sig|Dott|Senhora?|Dhr|Fru|Pani?",
    r"(?:\.ra|\.ssa)?"
    r"\b\.?[ \t]{1,2}(?=[^\W\d_])",
)
RELATED: Final = Cue(
    r"colleagues?|co-?worker|team ?mate|boss|manager|supervisor|husband|wife|partner|son|"
    r"daughter|brother|sister|father|mother|friend|assistant|employee|intern|admin|administrator|"
    r"accountant|client|contact|agent|rep|representative|engineer|developer|owner|user|member|"
    r"customer|student|teacher|director|ceo|cto|cfo|kolleg(?:e|in)|coll[eè]gue|compa[ñn]er[oa]|"
    r"collega|spoke (?:to|with)|talked (?:to|with)|speaking (?:to|with)|chatted with"
    r"|forward(?:ed)? "
    r"(?:this |it |that )?to|reached out to|written to|wrote to|assigned to|contacted|ask(?:ed)?|"
    r"contact|cc|cc'd|ccing|ship to|shipped to|deliver to|delivered to|bill to|billed to|care of|"
    r"r[üu]ckfragen an|c/o|email from|mail from|message from|call from|reply from|answer from|"
    r"answered by|handled by|created by|sent by|written by|reported by|beneficiary|guardian|holder|"
    r"named?|calls? me|everyone calls me|directed by|starring|said",
    r"[ \t]{0,1}[,:]?[ \t]{1,2}(?=[^\W\d_])",
    re.I,
)
FIELD: Final = re.compile(
    r"(?:^|(?<=[\n,{;(]))[ \t\"'>*-]{0,5}(?:from|to|cc|bcc|name|full[ _]?name|first[ _]?name"
    r"|user[ _]?name|"
    r"last[ _]?name|surname|contact(?: person| name)?|customer(?: name)?|requester|reporter|sender|"
    r"author|assignee|agent|von|an|de|da|nombre|nom|nome|naam|имя|vorname|nachname|an:|attn|"
    r"signed-off-by|sent by|submitted by|reported by|account holder|cardholder(?: name)?)"
    r"[\"'*]{0,3}[ \t]{0,2}[:=][ \t]{0,2}[\"'*]{0,3}(?=[^\W\d_])",
    re.I | re.M,
)
CLOSING: Final = re.compile(
    r"^[ \t>]{0,4}(?:(?:many |kind |best |warm |warmest |with )?(?:thanks|thank you|regards|wishes|"
    r"cheers|thx|ty|best|sincerely|yours(?: \w+)?|respectfully|cordially|rgds|br|kr|love)"
    r"[^\n]{0,30}|mit (?:freundliche[nm]|beste[nm]|liebe[nm]) gr[^\n]{0,10}|"
    r"(?:viele|liebe|beste|freundliche|herzliche|sch[oö]ne) gr[^\n]{0,10}|"
    r"lg|vg|mfg|danke[^\n]{0,20}|gru(?:ß|ss)|(?:bien )?cordialement|merci[^\n]{0,25}|"
    r"bien à vous|salutations[^\n]{0,15}|"
    r"(?:reciban? )?(?:un )?(?:cordial(?:es)? )?saludos?[^\n]{0,15}|con los mejores deseos|"
    r"gracias[^\n]{0,20}|atentamente|"
    r"un abrazo|(?:cordiali |distinti )?saluti|grazie[^\n]{0,20}|atenciosamente|att|abra[cç]os?|"
    r"obrigad[oa][^\n]{0,20}|(?:met )?vriendelijke groet[^\n]{0,10}|groet(?:en|jes)?|mvg|bedankt"
    r"[^\n]{0,20}|(?:med )?v[aä]nliga? h[aä]lsning[^\n]{0,5}|"
    r"h[aä]lsningar|(?:med )?venn?lig hilsen|mvh|(?:yst[aä]v[aä]llisin )?terveisin|s pozdravem|"
    r"[üu]dv[öo]zlettel|(?:com os melhores )?cumprimentos|(?:bien )?amicalement|"
    r"tack[^\n]{0,20}|hilsen|(?:z )?"
    r"(?:powa[żz]aniem|pozdrawiam|pozdrowienia)|dzi[eę]kuj[eę][^\n]{0,20}|с уважением|спасибо"
    r"[^\n]{0,20}|sayg[ıi]lar[ıi]mla|te[şs]ekk[uü]rler[^\n]{0,15}|よろしくお願い[^\n]{0,10}|--|—|__)"
    r"[ \t]{0,3}[,.!-]?[ \t]{0,3}\n(?:[ \t>]{0,4}\n){0,2}[ \t>]{0,4}(?=[^\W\d_])",
    re.I | re.M,
)
# On the line of the closing itself: "Kind regards, Mo".
CLOSED: Final = re.compile(
    r"(?:^|[.!?\n] )[ \t>]{0,4}(?:(?:kind |best |warm |warmest |with )?(?:regards|wishes)|sincerely"
    r"|(?:viele|liebe|beste|herzliche|freundliche) gr[üu](?:ß|ss)e"
    r"|mit freundlichen gr[üu](?:ß|ss)en"
    r"|(?:bien )?cordialement|(?:cordiali |distinti )?saluti|(?:un )?saludos?|atentamente"
    r"|atenciosamente|abra[cç]os?|met vriendelijke groet(?:en)?|(?:z )?(?:powa[żz]aniem|pozdrawiam)"
    r"|с уважением)[ \t]{0,2}[,.!-]?[ \t]{1,2}(?=[^\W\d_][^\n]{1,40}(?:\n|\Z))",
    re.I | re.M,
)
DASHED: Final = re.compile(
    r"(?:^|\n|[.!?] )[ \t]{0,2}(?:--?|—|–|~|/)[ \t]{0,2}(?=[^\W\d_][^\n]{1,40}\Z)"
)
HERE: Final = re.compile(
    r"(?:^|(?<=\n))[ \t]{0,3}([^\W\d_][\w'’-]{1,24}(?: [^\W\d_][\w'’-]{1,24})?) here\b"
)
WROTE_WORDS: Final = ("schrieb", "schreef", "skrev")
WROTE_BEFORE: Final = re.compile(rf"\b(?:{'|'.join(WROTE_WORDS)})[ \t]{{1,2}}(?=[^\W\d_])")
# What ends the line above a quotation, behind the name.
QUOTED: Final = re.compile(r"[ \t]?(?:<[^>\n]{0,80}>)?[ \t]?:")
WROTE: Final = re.compile(
    r"\b(?:wrote|writes|schrieb|a écrit|escribió|ha scritto|escreveu|schreef|skrev"
    r"|napisał\(?a?\)?|пишет)[ \t]?:"
)
ADDRESS: Final = re.compile(
    r"[ \t]{0,2}[(<\[,;|:/\t-]{1,2}[ \t]{0,2}(?:mailto:)?[\w.+%-]{1,64}@[\w-]{1,63}\."
)
NAME_CUES: Final = (THANKED, INTRODUCED, TITLED, RELATED)
