"""Scripts without spaces, other alphabets, and languages that bend their words."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text as sql

from bot.reports import Feature, FrictionReport
from bot.service import friction
from bot.service.context import Context
from bot.service.ingest import ingest
from bot.voice.catalogue_file import parse, to_toml
from bot.voice.features import Catalogue
from bot.voice.text import fold, words
from conftest import NOW
from own_tickets import draft
from storage import search
from storage.database import Store
from storage.fulltext import fts5_query
from storage.migrations import upgrade

CATALOGUE = Catalogue(
    [
        Feature(
            "payment",
            "Payment",
            (
                *("支付", "支払い", "ชำระเงิน", "ຊຳລະເງິນ", "ការទូទាត់", "ငွေပေးချေမှု", "결제"),
                *("оплата", "الدفع", "תשלום", "πληρωμή", "Zahlung", "भुगतान", "paiement"),
            ),
        ),
        Feature(
            "cart", "Cart", ("カート", "购物车", "장바구니", "корзина", "Warenkorb", "סל קניות")
        ),
        Feature("invoice", "Invoice", ("Rechnung", "facture", "счёт", "請求書")),
        Feature("overview", "Overview", ("Übersicht", "설정 화면")),
        Feature("map", "Map", ("지도",)),
    ]
)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("我无法完成支付，一直失败", ("payment",)),
        ("请求支付时购物车变空", ("payment", "cart")),
        ("支払いができません", ("payment",)),
        ("ショッピングカートが空になる", ("cart",)),
        ("ｶｰﾄが空", ("cart",)),
        ("請求書が届かない", ("invoice",)),
        ("ไม่สามารถชำระเงินได้เลย", ("payment",)),
        ("ບໍ່ສາມາດຊຳລະເງິນໄດ້", ("payment",)),
        ("ខ្ញុំមិនអាចធ្វើការទូទាត់បានទេ", ("payment",)),
        ("ကျွန်ုပ်၏ငွေပေးချေမှုမအောင်မြင်ပါ", ("payment",)),
        ("결제가 안 돼요", ("payment",)),
        ("결제를 했는데 장바구니에서 사라졌어요", ("payment", "cart")),
        ("설정 화면이 안 열려요", ("overview",)),
        ("아직까지도 안 돼요", ()),
        ("проблема с оплатой", ("payment",)),
        ("В КОРЗИНЕ пусто, счета не приходят", ("cart", "invoice")),
        ("مشكلة بالدفع", ("payment",)),
        ("יש שגיאה בתשלום", ("payment",)),
        ("תשלומים נכשלים", ("payment",)),
        ("των πληρωμών", ("payment",)),
        ("भुगतान विफल रहा", ("payment",)),
        ("Zahlungen schlagen fehl", ("payment",)),
        ("Der Rechnungsdownload geht nicht, die Kundenrechnung fehlt", ("invoice",)),
        ("Die Uebersicht und die UBERSICHT", ("overview",)),
        ("l’paiement, mes factures", ("payment", "invoice")),
        ("Ｐａｙｍｅｎｔ", ("payment",)),
    ],
)
def test_a_name_is_found_in_its_script_and_in_the_forms_of_its_language(
    said: str, expected: tuple[str, ...]
) -> None:
    assert CATALOGUE.match(said) == expected


@pytest.mark.parametrize("name", ["支付", "ชําระเงิน", "भुगतान", "ငွေပေးချေမှု", "결제", "оплата"])
def test_an_id_keeps_the_signs_of_its_script(name: str) -> None:
    [feature] = parse(f'[[feature]]\nname = "{name}"')
    assert feature.id == fold(name)
    assert parse(to_toml([feature])) == [feature]
    assert Catalogue([feature]).match(f"- {name} -") == (feature.id,)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("支付失败", ["支", "付", "失", "败"]),
        ("ค่าส่ง", ["ค่", "า", "ส่", "ง"]),
        ("ត្រា", ["ត្រា"]),
        ("ငွေပေး", ["ငွေ", "ပေး"]),
        ("결제가 안 돼요", ["결제가", "안", "돼요"]),
        ("ｶﾞｽ VPN接続", ["ガ", "ス", "vpn", "接", "続"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
    ],
)
def test_a_character_with_its_marks_is_a_word_where_there_are_no_spaces(
    text: str, expected: list[str]
) -> None:
    assert words(text) == expected


@given(st.text(alphabet="支付失败カート。 ab", max_size=40))
def test_a_han_name_is_found_wherever_its_signs_stand_together(around: str) -> None:
    said = f"{around}购物车{around}"
    assert "cart" in CATALOGUE.match(said)


# --- full text ---------------------------------------------------------------------------------


def mentioned(context: Context, question: str) -> int:
    report = friction.ask(context, question, NOW)
    assert isinstance(report, FrictionReport)
    return report.mentioned


SAID = {
    "1": "付款页面打不开，支付一直失败",
    "2": "ショッピングカートの中身が消えた",
    "3": "ไม่สามารถชำระเงินได้เลย",
    "4": "어제부터 결제가 안 돼요",
    "5": "भुगतान विफल रहा",
    "6": "Ｃａｒｄ declined ﾚｼｰﾄ",
    "7": "付一半的钱也要支持",
}


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("支付", 1),
        ("付款页面 失败", 1),
        ("カート", 1),
        ("消えた", 1),
        ("ชำระเงิน", 1),
        ("결제", 1),
        ("भुगतान", 1),
        ("card", 1),
        ("レシート", 1),
        ('"支付一直"', 1),
        ("付支", 0),
        ("钱付", 0),
    ],
)
def test_full_text_finds_a_run_of_signs_as_a_phrase(
    context: Context, question: str, expected: int
) -> None:
    ingest(context, [draft(id, said) for id, said in SAID.items()], NOW)
    assert mentioned(context, question) == expected


def test_a_changed_ticket_is_found_by_its_new_signs_only(context: Context) -> None:
    ingest(context, [draft("1", "支付一直失败")], NOW)
    ingest(context, [draft("1", "发票打不开")], NOW)
    assert mentioned(context, "支付") == 0
    assert mentioned(context, "发票") == 1


@given(st.text(max_size=60))
def test_taking_signs_apart_twice_loses_no_sign(text: str) -> None:
    assert search.apart(search.apart(text)).split() == search.apart(text).split()


TICKET = """
INSERT INTO ticket (source, external_id, created_at, stored_at, subject, body, tags, customer,
  customer_known, kinds, kinds_known, redactions, content_hash)
VALUES ('desk', :id, '2026-11-01 00:00:00', '2026-11-01 00:00:00', 'Subject', :body, '[]', 'c', 1,
  0, 1, 0, 'h')
"""
INDEX = "INSERT INTO ticket_fts(rowid, subject, body) SELECT id, subject, body FROM ticket"
FEATURE = "INSERT INTO feature (id, name, aliases, tags, origin) VALUES ('x', 'X', '[]', '[]', '')"


# No database of PostgreSQL is as old.
def test_tickets_of_an_older_database_are_found_by_their_signs(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'data' / 'earshot.db'}")
    upgrade(store, "0001")
    with store.write() as session:
        for number in range(2_500):
            body = "支付一直失败" if number % 1_000 == 7 else "All calm"
            session.execute(sql(TICKET), {"id": str(number), "body": body})
        session.execute(sql(INDEX))
        session.execute(sql(FEATURE))
    upgrade(store, "0002")
    matching = "SELECT count(*) FROM ticket_fts WHERE ticket_fts MATCH :words"
    with store.read() as session:
        for query, count in (("支付", 3), ("calm", 2_497)):
            found = session.execute(sql(matching), {"words": fts5_query(search.terms(query))})
            assert found.scalar() == count
        assert session.execute(sql("SELECT description FROM feature")).scalar() == ""
    store.close()
