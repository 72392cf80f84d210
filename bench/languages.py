"""Whether the language of a text is told: sentences written for the purpose, two a language.

    python bench/languages.py

Nobody labelled real tickets by language for this project, so this is a check, not an estimate.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bot.voice.language import language
from bot.voice.reading import make_text_safe

SENTENCES: Final = {
    "en": ("The planner forgets my shifts every week.", "How do I change the colour of the board?"),
    "de": ("Der Planer vergisst jede Woche meine Schichten.", "Wie ändere ich die Farbe?"),
    "fr": ("Le calendrier oublie mes horaires chaque semaine.", "Comment changer la couleur ?"),
    "es": ("El calendario olvida mis turnos cada semana.", "¿Cómo cambio el color del tablero?"),
    "it": ("Il calendario dimentica i miei turni ogni settimana.", "Come cambio questo colore?"),
    "pt": ("A agenda esquece os meus turnos todas as semanas.", "Como mudo a cor do quadro?"),
    "nl": ("De planner vergeet elke week mijn diensten.", "Hoe verander ik de kleur van het bord?"),
    "pl": ("Kalendarz co tydzień zapomina moje zmiany.", "Jak zmienić kolor tablicy?"),
    "ru": ("Календарь каждую неделю забывает мои смены.", "Как изменить цвет доски?"),
    "tr": ("Takvim her hafta vardiyalarımı unutuyor.", "Panonun rengini nasıl değiştiririm?"),
    "ja": (
        "予定表が毎週シフトを忘れてしまいます。",
        "ボードの色を変えるにはどうすればいいですか。",
    ),
    "zh": ("日历每周都会忘记我的排班。", "怎么更改面板的颜色？"),
    "ko": ("일정표가 매주 제 근무를 잊어버립니다.", "보드 색상을 어떻게 바꾸나요?"),
    "ar": ("التقويم ينسى مواعيد عملي كل أسبوع.", "كيف أغير لون اللوحة؟"),
    "th": ("ปฏิทินลืมกะงานของฉันทุกสัปดาห์", "ฉันจะเปลี่ยนสีของบอร์ดได้อย่างไร"),
    "hi": ("कैलेंडर हर हफ्ते मेरी शिफ्ट भूल जाता है।", "मैं बोर्ड का रंग कैसे बदलूं?"),
}


@dataclass(frozen=True, slots=True)
class Figures:
    """Sentences whose language was told, told wrong and not told; those guessed at for kinds."""

    told: int
    wrong: int
    silent: int
    guessed: int
    texts_a_second: float


def measure() -> Figures:
    """Read every sentence, and time the telling over and over."""
    pairs = [(code, text) for code, texts in SENTENCES.items() for text in texts]
    found = [(code, language(text)) for code, text in pairs]
    guessed = sum(make_text_safe(text).speaks_english for code, text in pairs if code != "en")
    began = time.process_time()
    for _ in range(100):
        for _, text in pairs:
            language(text)
    seconds = time.process_time() - began
    return Figures(
        told=sum(code == own for code, own in found),
        wrong=sum(own not in (code, None) for code, own in found),
        silent=sum(own is None for _, own in found),
        guessed=guessed,
        texts_a_second=100 * len(pairs) / max(seconds, 1e-9),
    )


if __name__ == "__main__":
    figures = measure()
    print(
        f"told {figures.told}, wrong {figures.wrong}, not told {figures.silent}; kinds guessed in "
        f"{figures.guessed}; {figures.texts_a_second:,.0f} texts a second"
    )
