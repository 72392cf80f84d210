"""Earshot itself, as the benchmark drives it: only through doors that its own edges use."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bot.config import load
from bot.reports import Feature, FrictionReport, Kind
from bot.service import catalogue, friction, home, insight_list, insights
from bot.service.context import Context, open_context
from bot.service.insights import TagRequest
from bot.service.storing import AT_ONCE
from corpus import END, SOURCE, Corpus, Written, new_ticket
from storage import tickets as ticket_rows
from storage.engines import TICKETS
from storage.values import NewTicket

TEAM, CHANNEL, USER = "T0BENCH", "C0BENCH", "U0BENCH"
INSIGHTS = 300
WITHOUT_MEANING = {"EARSHOT_SEMANTIC": "off"}
"""Meanings cost what their model costs, not what the database does."""


class Installation:
    """An empty installation with the corpus's features, to be filled and asked."""

    def __init__(self, url: str, corpus: Corpus, folder: Path) -> None:
        self.url = url
        self.corpus = corpus
        settings = {"DATABASE_URL": url, "EARSHOT_KEY_FILE": str(folder / "earshot.key")}
        self.context: Context = open_context(load({**settings, **WITHOUT_MEANING}), create=True)
        catalogue.bring_in(self.context, features_of(corpus))

    def close(self) -> None:
        self.context.store.close()

    # --- in ------------------------------------------------------------------------------------

    def load(self, tickets: Sequence[NewTicket]) -> None:
        """New tickets that were already read, as many a transaction as an import stores at once."""
        for start in range(0, len(tickets), AT_ONCE):
            with self.context.store.write(TICKETS) as session:
                ticket_rows.add(session, tickets[start : start + AT_ONCE])

    def change(self, tickets: Sequence[NewTicket]) -> None:
        """Tickets that are stored already and say something else now."""
        with self.context.store.write(TICKETS) as session:
            ids = [ticket.external_id for ticket in tickets]
            known = ticket_rows.stored(session, SOURCE, ids)
            ticket_rows.replace(session, [(known[t.external_id].id, t) for t in tickets])

    def settle(self) -> None:
        """Do what PostgreSQL does by itself within minutes: vacuum, and look at the tables."""
        engine = self.context.store.engine
        if engine.dialect.name == "postgresql":
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("VACUUM ANALYZE")

    def tag(self, most: int = INSIGHTS) -> None:
        """Make insights of some tickets, as people would."""
        with self.context.store.read() as session:
            newest = ticket_rows.newest_row(session)
        for number in range(most):
            feature = self.corpus.features[number % len(self.corpus.features)][0]
            request = TagRequest(
                team=TEAM,
                user=USER,
                channel=CHANNEL,
                title=f"Worth keeping, number {number}",
                feature=feature,
                kind=Kind.BROKEN,
                ticket=newest - number,
            )
            insights.tag(self.context, request, END)

    # --- out -----------------------------------------------------------------------------------

    def ask(self, question: str, *, themes: bool = True) -> FrictionReport:
        report = friction.ask(self.context, question, END, with_themes=themes)
        assert isinstance(report, FrictionReport)
        return report

    def rank(self, window: str = "") -> object:
        return friction.ask(self.context, window, END)

    def home(self) -> object:
        return home.view(self.context, TEAM, [CHANNEL], END)

    def insights(self) -> object:
        return insight_list.search(self.context, "worth")


def features_of(corpus: Corpus) -> list[Feature]:
    return [Feature(id, name.title(), channels=(CHANNEL,)) for id, name, _ in corpus.features]


def already_read(tickets: Sequence[Written]) -> list[NewTicket]:
    return [new_ticket(ticket) for ticket in tickets]
