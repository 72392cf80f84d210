"""What goes with the English phrases of `kind_rules`: denials and contractions."""

from __future__ import annotations

from typing import Final

from bot.voice.wordset import word_set

# A denial reaches a phrase over these words only: "no more errors", but not "can not fix errors".
DENIALS: Final = word_set("no not never without none nothing hardly")
WISHES: Final = word_set("would could should used was were if wish hoping hope")
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
