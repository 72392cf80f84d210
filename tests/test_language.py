"""Languages are told apart where there is enough to tell them by."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.voice.language import language

SAID = {
    "en": ["The export button does nothing", "cant log in since the update, please help"],
    "de": ["Die Rechnung lässt sich nicht öffnen", "Wo finde ich bitte die Einstellungen?"],
    "fr": ["Je ne peux plus ouvrir mes factures", "Où sont passés les réglages du compte ?"],
    "es": ["No puedo abrir mis facturas desde ayer", "¿Dónde están los ajustes de mi cuenta?"],
    "it": ["Non riesco più ad aprire le mie fatture", "Dove sono finite le impostazioni?"],
    "pt": ["Não consigo abrir as minhas faturas", "Onde estão as configurações da conta?"],
    "nl": ["Ik kan mijn facturen niet meer openen", "Waar staan de instellingen van mijn account?"],
    "pl": ["Nie mogę otworzyć moich faktur", "Gdzie są teraz ustawienia konta?"],
    "sv": ["Jag kan inte öppna mina fakturor", "Var finns inställningarna för kontot?"],
    "ru": ["Не могу открыть свои счета"],
    "ja": ["請求書を開くことができません"],
    "tr": ["Faturalarımı artık açamıyorum, yardım edin"],
}


@pytest.mark.parametrize(
    ("code", "text"), [(code, text) for code, texts in SAID.items() for text in texts]
)
def test_a_sentence_is_enough(code: str, text: str) -> None:
    assert language(text) == code


@pytest.mark.parametrize("text", ["", "ok", "Hi", "??", "12345", "https://example.com/der/die/das"])
def test_too_little_is_no_language(text: str) -> None:
    assert language(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "Import hangs, see https://beispiel.de/und/die/oder/nicht",
        "The report fails for [name 1] and [email 1], why?",
        "It crashes with\nTypeError: Kein Zugriff auf Datei\n  at render (app.js:1:2)\nafter login",
        "WHY IS THE EXPORT STILL BROKEN AFTER THE UPDATE",
    ],
)
def test_noise_does_not_turn_english_into_something_else(text: str) -> None:
    assert language(text) == "en"


def test_logs_do_not_hide_another_language() -> None:
    log = "2026-01-02 10:11:12 ERROR could not open the file"
    text = f"Seit heute geht nichts mehr.\n{log}\nBitte hilf"
    assert language(text) == "de"


@given(st.text(st.characters(), max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_text_has_a_language_or_none(text: str) -> None:
    code = language(text)
    assert code is None or (len(code) == 2 and code.islower())
    assert language(text) == code
