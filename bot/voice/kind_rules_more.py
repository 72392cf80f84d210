"""What goes with the English phrases of `kind_rules`: denials, contractions, other languages.

The German, French and Spanish tables hold the most telling phrases only, in folded spelling.
"""

from __future__ import annotations

from typing import Final

from bot.reports import Kind
from bot.voice.wordset import word_set

_BROKEN: Final = """
1.0 | funktioniert nicht, geht nicht, funktionieren nicht, lasst sich nicht, kann nicht
1.0 | (stuerzt|sturzt) ab
1.0 | fehlermeldung, fehler, absturz, abgesturzt, kaputt, verschwunden, hangt, geht nicht mehr
1.0 | ne (marche|fonctionne|marchent|fonctionnent) (pas|plus), marche (pas|plus)
1.0 | fonctionne (pas|plus)
1.0 | erreur, plante, bloque, impossible de, disparu, disparus, en panne, bug
1.0 | no funciona, no funcionan, no (puedo|abre|carga|deja|me deja|aparece), dejo de funcionar
1.0 | falla, fallo, se cierra, se bloquea, desaparecido, desaparecieron, no se puede, error al
"""

_CONFUSING: Final = """
1.0 | wie (kann|konnen|kriege|bekomme|geht|mache|stelle|andere), wo (ist|sind|finde|kann)
1.0 | verstehe nicht
1.0 | weiss nicht, gibt es (eine|einen|die), ist es moglich, finde (den|die|das|keine|nicht), unklar
1.0 | wie man
1.0 | comment (puis|faire|peut|je|on|fait|changer|supprimer), ou (est|sont|se)
1.0 | je ne (comprends|trouve|sais)
1.0 | est il possible, y a t il, est ce (que|possible), pas clair, incomprehensible
1.0 | como (puedo|hago|se|hacer|cambio|puede|elimino), donde (esta|estan|puedo|encuentro)
1.0 | no (entiendo|encuentro|se como)
1.0 | es posible, hay alguna (forma|manera), se puede
"""

_UNEXPECTED: Final = """
1.0 | nicht mehr wie, ungefragt, ohne (meine|zu fragen|vorwarnung), statt dessen, stattdessen
1.0 | seit dem update, nervt
1.0 | warum (wurde|ist|habt), plotzlich, von selbst, tout seul, sans (me|mon|prevenir)
1.0 | depuis la mise, au lieu de
1.0 | pourquoi (avez|est|a), agacant, sin (mi|avisar|permiso), por que (cambiaron|han|quitaron)
1.0 | en vez de, molesto
1.0 | desde la actualizacion, de repente, se cambio
"""

_REQUEST: Final = """
1.0 | ware (schon|toll|super|gut|hilfreich), wunsche mir, bitte (fugt|bringt|baut|macht)
1.0 | wunschenswert, fehlt (eine|die|mir)
1.0 | serait (bien|bon|genial|super|utile|possible), j aimerais, ajouter, ajoutez, il manque
1.0 | pourriez vous, il faudrait
1.0 | seria (bueno|genial|util|ideal|mejor), me gustaria, por favor (agreguen|anadan|pongan)
1.0 | deberian, ojala, falta una
"""

_PRAISE: Final = """
1.0? | liebe, super (app|gut|toll|sache), toll, genial, klasse, gefallt mir, sehr gut
1.0? | funktioniert (super|gut|prima|einwandfrei), begeistert
1.0? | j adore, excellent, excellente, tres (bien|bon|bonne|pratique|utile), parfait, formidable
1.0? | marche tres bien
1.0? | me encanta, excelente, muy (bueno|buena|util|bien|facil), genial, increible, estupendo
1.0? | maravillosa, perfecta
"""

GERMAN_FRENCH_SPANISH: Final = {
    Kind.BROKEN: _BROKEN,
    Kind.CONFUSING: _CONFUSING,
    Kind.UNEXPECTED: _UNEXPECTED,
    Kind.REQUEST: _REQUEST,
    Kind.PRAISE: _PRAISE,
}

# A denial reaches a phrase over these words only: "no more errors", but not "can not fix errors".
DENIALS: Final = word_set(
    "no not never without none nothing hardly kein keine nie ohne sans aucun sin ningun"
)
WISHES: Final = word_set(
    "would could should used was were if wish hoping hope ware wurde serait seria"
)
LIGHT: Final = word_set(
    "a an any the been be so that very really more longer single all to it is are have had "
    "ever get got getting see seen much too such in at as i we do did feel of this"
)

SPELT_OUT: Final = {
    **{
        f"{verb}n't": (verb, "not")
        for verb in word_set(
            "does do did is are was were has have had would could should must need might"
        )
    },
    **{
        f"{verb}nt": (verb, "not")
        for verb in word_set("does do did is are was has have would could should")
    },
    "can't": ("can", "not"),
    "cant": ("can", "not"),
    "cannot": ("can", "not"),
    "won't": ("will", "not"),
    "wont": ("will", "not"),
    "ain't": ("is", "not"),
    "i'm": ("i", "am"),
    "im": ("i", "am"),
    "i'd": ("i", "would"),
    "i've": ("i", "have"),
    "it's": ("it", "is"),
    "that's": ("that", "is"),
    "there's": ("there", "is"),
    "what's": ("what", "is"),
    "where's": ("where", "is"),
    "how's": ("how", "is"),
    "it'd": ("it", "would"),
    "we'd": ("we", "would"),
    "they're": ("they", "are"),
    "wasnt": ("was", "not"),
}
