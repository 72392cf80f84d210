"""Backup and restore: of one moment while others write, whole or not at all, of its key only."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bot.config import Settings, load
from bot.demo.stage import Stage
from bot.errors import UserError
from bot.reports import Deed
from bot.service import audit, backup, friction
from bot.service.context import Context, open_context
from commandline import MOMENT, Ended, Run, piped, runner
from databases import SERVER, Databases, server_programs
from killing import House, write_tickets
from people import SUPPORT, take_some_tickets, ticket_post
from storage import backup as files
from storage import recount, tickets
from storage_rows import opened, rows

LATER = MOMENT + timedelta(hours=1)


@pytest.fixture
def here(filled: str) -> Iterator[Context]:
    context = open_context(load())
    yield context
    context.store.close()


def settings_at(folder: Path, like: Settings) -> Settings:
    """The same installation at another place, with the same key."""
    folder.mkdir(mode=0o700, exist_ok=True)
    key = folder / "earshot.key"
    shutil.copy(like.key_file, key)
    url = f"sqlite:///{folder / 'earshot.db'}"
    return load({"DATABASE_URL": url, "EARSHOT_SEMANTIC": "off"}, env_file=folder / "no.env")


def counted(context: Context) -> tuple[int, object]:
    with context.store.read() as session:
        assert list(recount.differences(session)) == []
        return tickets.total(session), friction.ask(context, "checkout", MOMENT)


# --- backup ---------------------------------------------------------------------------------


@pytest.mark.only("sqlite")
def test_a_backup_restored_elsewhere_counts_the_same(here: Context, tmp_path: Path) -> None:
    file = tmp_path / "earshot.backup"
    made = backup.back_up(here, file, MOMENT, overwrite=False)
    assert (made.tickets, made.size) == (14, file.stat().st_size)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    elsewhere = settings_at(tmp_path / "elsewhere", here.settings)
    done = backup.restore(elsewhere, file, LATER)
    assert (done.tickets, done.aside, done.undone) == (14, None, ())
    there = open_context(elsewhere)
    assert counted(there) == counted(here)
    with there.store.write() as session:
        there.keys(session)
    there.store.close()
    assert sorted(path.name for path in (tmp_path / "elsewhere").iterdir()) == [
        "earshot.db",
        "earshot.key",
    ]


@pytest.mark.only("sqlite")
def test_who_backed_up_and_restored_is_audited(here: Context, tmp_path: Path) -> None:
    backup.back_up(here, tmp_path / "one", MOMENT, overwrite=False)
    here.store.close()
    backup.restore(here.settings, tmp_path / "one", LATER)
    again = open_context(here.settings)
    told = [(one.deed, one.about) for one in audit.listed(again, by="operator").lines]
    again.store.close()
    assert told[0] == (Deed.RESTORED, "database: 14 tickets")


@pytest.mark.only("sqlite")
def test_a_file_is_not_overwritten_unless_that_is_asked_for(here: Context, tmp_path: Path) -> None:
    file = tmp_path / "mine"
    backup.back_up(here, file, MOMENT, overwrite=False)
    older = file.read_bytes()
    with pytest.raises(UserError, match="is there already"):
        backup.back_up(here, file, MOMENT, overwrite=False)
    assert file.read_bytes() == older
    backup.back_up(here, file, MOMENT, overwrite=True)
    files.check(file)
    assert here.store.path
    with pytest.raises(UserError, match="the database itself"):
        backup.back_up(here, here.store.path, MOMENT, overwrite=True)
    for precious in (here.settings.key_file, *files.parts(here.store.path)[1:3]):
        before = precious.read_bytes()
        with pytest.raises(UserError, match="is the"):
            backup.back_up(here, precious, MOMENT, overwrite=True)
        assert precious.read_bytes() == before
    letter = tmp_path / "letter"
    letter.write_text("precious")
    with pytest.raises(UserError, match="is no backup"):
        backup.back_up(here, letter, MOMENT, overwrite=True)
    assert letter.read_text() == "precious"
    folder = tmp_path / "folder"
    folder.mkdir()
    with pytest.raises(UserError, match="is there already"):
        backup.back_up(here, folder, MOMENT, overwrite=True)


@pytest.mark.only("sqlite")
def test_a_backup_that_fails_leaves_no_part_of_a_file(
    here: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()

    def full(_source: Path, target: Path) -> None:
        target.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "copy", full)
    with pytest.raises(UserError, match="No space left on device"):
        backup.back_up(here, folder / "one", MOMENT, overwrite=False)
    assert list(folder.iterdir()) == []
    with pytest.raises(UserError, match="No such file"):
        backup.back_up(here, tmp_path / "nowhere" / "one", MOMENT, overwrite=False)


@pytest.mark.only("sqlite")
def test_what_a_killed_backup_left_is_swept_away_by_the_next(here: Context, tmp_path: Path) -> None:
    left, fresh = tmp_path / ".one.abcd1234.part", tmp_path / ".one.ffff1234.part"
    for path, age in ((left, files.STALE_SECONDS + 9), (fresh, 5)):
        path.write_bytes(b"half")
        os.utime(path, (time.time() - age,) * 2)
    backup.back_up(here, tmp_path / "one", MOMENT, overwrite=False)
    assert not left.exists()
    assert fresh.exists()


def test_a_backup_during_an_import_is_of_one_moment_and_the_import_goes_on(tmp_path: Path) -> None:
    given = tmp_path / "tickets.jsonl"
    write_tickets(given, 4_000)
    folder = tmp_path / "house"
    folder.mkdir(mode=0o700)
    house = House(folder, folder / "earshot.key", 1)
    made: list[Path] = []
    with house.start(given) as process:
        while process.poll() is None:
            house.wait_for_more(process, house.stored())
            file = tmp_path / f"backup-{len(made)}"
            done = run_in(folder, house.url, "backup", str(file))
            assert done.code == 0, done.err
            made.append(file)
        assert process.returncode == 0
    held = []
    for file in made:
        with opened(f"sqlite:///{file}") as store, store.read() as session:
            assert list(recount.differences(session)) == []
            held.append(tickets.total(session))
    assert held == sorted(held)
    assert any(0 < each < house.stored() for each in held), "one was made in the middle"


def run_in(folder: Path, url: str, *arguments: str) -> Ended:
    return piped(folder, url, *arguments)


# --- restore --------------------------------------------------------------------------------


def emptied(context: Context) -> None:
    """Most tickets are gone, and nobody has the database open."""
    with context.store.write() as session:
        tickets.remove(session, range(3, 20))
    context.store.close()


def stored(settings: Settings) -> int:
    context = open_context(settings)
    with context.store.read() as session:
        found = tickets.total(session)
    context.store.close()
    return found


@pytest.mark.only("sqlite")
def test_a_restore_keeps_what_was_there_aside(here: Context, tmp_path: Path) -> None:
    backup.back_up(here, tmp_path / "one", MOMENT, overwrite=False)
    emptied(here)
    done = backup.restore(here.settings, tmp_path / "one", LATER)
    assert stored(here.settings) == 14
    assert done.aside
    assert done.aside.name.endswith(f".before-{LATER:%Y%m%dT%H%M%SZ}")
    assert stat.S_IMODE(done.aside.stat().st_mode) == 0o600
    with closing(sqlite3.connect(done.aside)) as before:
        assert before.execute("SELECT count(*) FROM ticket").fetchone() == (2,)
    with pytest.raises(UserError, match="Move it away"):
        backup.restore(here.settings, tmp_path / "one", LATER)


@pytest.mark.only("sqlite")
def test_it_is_refused_while_somebody_works_on_the_database(here: Context, tmp_path: Path) -> None:
    backup.back_up(here, tmp_path / "one", MOMENT, overwrite=False)
    with here.store.write() as session:
        tickets.remove(session, range(3, 20))
    names = {path.name for path in here.settings.key_file.parent.iterdir()}
    with pytest.raises(UserError, match=r"is running on this database\. Stop it"):
        backup.restore(here.settings, tmp_path / "one", LATER)
    with here.store.read() as session:
        assert tickets.total(session) == 2
    assert {path.name for path in here.settings.key_file.parent.iterdir()} == names


WRONG = {
    "nothing": "There is no file",
    "another sort of file": "no whole database",
    "another database": "not one of Earshot's",
    "a damaged one": "damaged|no whole database",
    "a cut one": "damaged|no whole database",
    "a newer one": "newer Earshot",
}


@pytest.mark.parametrize("what", WRONG)
@pytest.mark.only("sqlite")
def test_what_is_no_good_backup_is_refused_and_changes_nothing(
    here: Context, tmp_path: Path, what: str
) -> None:
    file = tmp_path / "one"
    if what not in ("nothing", "another sort of file", "another database"):
        backup.back_up(here, file, MOMENT, overwrite=False)
    if what == "another sort of file":
        file.write_text("hello " * 1_000)
    elif what in ("another database", "a newer one"):
        with closing(sqlite3.connect(file)) as other:
            other.execute("CREATE TABLE IF NOT EXISTS alembic_version (version_num TEXT)")
            other.execute("UPDATE alembic_version SET version_num = '9999'")
            other.commit()
    elif what == "a damaged one":
        content = bytearray(file.read_bytes())
        content[8_192:40_960] = os.urandom(32_768)
        file.write_bytes(content)
    elif what == "a cut one":
        file.write_bytes(file.read_bytes()[:-20_000])
    here.store.close()
    with pytest.raises(UserError, match=WRONG[what]):
        backup.restore(here.settings, file, LATER)
    assert stored(here.settings) == 14
    assert not list(here.settings.key_file.parent.glob("*.before-*"))
    assert not list(here.settings.key_file.parent.glob(".*.part*"))


@pytest.mark.case(43)
@pytest.mark.parametrize("key", ["another", "none"])
@pytest.mark.only("sqlite")
def test_a_backup_of_another_key_is_refused(here: Context, tmp_path: Path, key: str) -> None:
    backup.back_up(here, tmp_path / "one", MOMENT, overwrite=False)
    here.store.close()
    here.settings.key_file.unlink()
    if key == "another":
        here.settings.key_file.write_text("ab" * 32)
        here.settings.key_file.chmod(0o600)
    with pytest.raises(UserError, match="belongs to another key"):
        backup.restore(here.settings, tmp_path / "one", LATER)
    assert stored(here.settings) == 14


@pytest.mark.only("sqlite")
def test_a_damaged_database_is_no_obstacle(here: Context, tmp_path: Path) -> None:
    backup.back_up(here, tmp_path / "one", MOMENT, overwrite=False)
    here.store.close()
    assert here.store.path
    here.store.path.write_bytes(b"not a database any more" * 500)
    here.store.path.with_name("earshot.db-wal").write_bytes(b"left")
    backup.restore(here.settings, tmp_path / "one", LATER)
    assert stored(here.settings) == 14


@pytest.mark.only("sqlite")
def test_a_backup_of_an_older_schema_is_brought_up_to_date(
    here: Context, tmp_path: Path, databases: Databases
) -> None:
    from storage.database import Store
    from storage.migrations import HEAD, current, upgrade

    here.store.close()
    old = Store(databases.blank(tmp_path / "old"))
    upgrade(old, "0013")
    old.close()
    assert old.path
    backup.restore(here.settings, old.path, LATER)
    again = open_context(here.settings)
    assert current(again.store) == HEAD
    again.store.close()


@pytest.mark.only("sqlite")
def test_messages_that_waited_are_looked_up_before_they_are_sent(
    http_stage: Stage, tmp_path: Path
) -> None:
    take_some_tickets(http_stage, tmp_path)
    post = ticket_post(http_stage, 1)
    store = http_stage.context.store
    with store.write() as session:
        session.execute(
            text(
                "UPDATE outbox SET state = 'planned', ts = NULL, finished_at = NULL,"
                " attempts = 0, started_at = NULL"
            )
        )
    backup.back_up(http_stage.context, tmp_path / "one", MOMENT, overwrite=False)
    elsewhere = settings_at(tmp_path / "elsewhere", http_stage.context.settings)
    assert backup.restore(elsewhere, tmp_path / "one", LATER).in_doubt == 1
    context = open_context(elsewhere)
    found = rows(context.store, "SELECT state, attempts, started_at IS NULL FROM outbox")
    context.store.close()
    assert found == [("unknown", 0, 0)]
    # Here the same is done to the stage itself, to see that nothing is posted twice.
    with store.write() as session:
        from storage import outbox

        assert outbox.doubt_unsent(session, http_stage.now) == 1
    http_stage.work()
    assert [one.ts for one in http_stage.slack.posts(SUPPORT)] == [post.ts]
    assert rows(store, "SELECT state, ts FROM outbox") == [("sent", post.ts)]


@pytest.mark.only("sqlite")
def test_a_disk_without_second_names_for_files_takes_backups_too(
    here: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    backup.back_up(here, tmp_path / "one", MOMENT, overwrite=False)
    files.check(tmp_path / "one")
    with pytest.raises(UserError, match="is there already"):
        backup.back_up(here, tmp_path / "one", MOMENT, overwrite=False)
    here.store.close()
    aside = backup.restore(here.settings, tmp_path / "one", LATER).aside
    assert aside is not None
    files.check(aside)


@pytest.mark.only("sqlite")
def test_what_was_erased_since_is_named(here: Context, tmp_path: Path) -> None:
    with here.store.write() as session:
        audit.record(session, MOMENT, Deed.ERASED, "ticket 1")
    backup.back_up(here, tmp_path / "one", MOMENT, overwrite=False)
    with here.store.write() as session:
        audit.record(session, LATER, Deed.ERASED, "ticket 7")
        audit.record(session, LATER, Deed.LEAK_REPORTED, "ticket 9")
    here.store.close()
    assert backup.restore(here.settings, tmp_path / "one", LATER).undone == (
        "erased: ticket 7",
        "leak reported: ticket 9",
    )


def test_a_restore_that_is_killed_leaves_the_old_database_or_the_new_one(tmp_path: Path) -> None:
    given = tmp_path / "tickets.jsonl"
    write_tickets(given, 3_000)
    folder = tmp_path / "house"
    folder.mkdir(mode=0o700)
    house = House(folder, folder / "earshot.key", 1)
    house.finish(given)
    assert run_in(folder, house.url, "backup", str(tmp_path / "one")).code == 0
    with opened(house.url) as store, store.write() as session:
        tickets.remove(session, range(100, 5_000))
    before, whole = house.stored(), 3_000
    seen = set()
    for step in range(8):
        environment = {**house.environment, "HOME": str(folder)}
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "restore", str(tmp_path / "one")],
            cwd=folder,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            process.wait(0.2 + 0.12 * step)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
        with opened(house.url) as store, store.read() as session:
            assert list(recount.differences(session)) == []
            seen.add(tickets.total(session))
        assert rows_ok(house)
    assert seen <= {before, whole}
    assert before in seen


def rows_ok(house: House) -> bool:
    with opened(house.url) as store:
        return rows(store, "PRAGMA integrity_check") == [("ok",)]


# --- PostgreSQL -----------------------------------------------------------------------------


@pytest.mark.only("postgresql")
def test_on_postgresql_the_servers_own_tools_are_named(here: Context, tmp_path: Path) -> None:
    for asked in (
        lambda: backup.back_up(here, tmp_path / "one", MOMENT, overwrite=False),
        lambda: backup.restore(here.settings, tmp_path / "one", MOMENT),
    ):
        with pytest.raises(UserError, match="pg_dump --format=custom") as caught:
            asked()
        assert "pg_restore" in str(caught.value)
    assert list(tmp_path.glob("one*")) == []


@pytest.mark.only("postgresql")
def test_and_they_do_what_is_said_of_them(
    here: Context, tmp_path: Path, databases: Databases
) -> None:
    programs = os.environ.get("PATH", "") if SERVER in os.environ else str(server_programs())
    dump, back = (shutil.which(name, path=programs) for name in ("pg_dump", "pg_restore"))
    if dump is None or back is None:
        pytest.skip("pg_dump and pg_restore are not installed here")
    file, empty = str(tmp_path / "earshot.dump"), databases.blank(tmp_path)
    url = here.settings.database_url
    given = ["--format=custom", "--no-owner", f"--file={file}", url]
    subprocess.run([dump, *given], check=True, capture_output=True)
    given = ["--no-owner", "--single-transaction", f"--dbname={empty}", file]
    subprocess.run([back, *given], check=True, capture_output=True)
    there = open_context(replace(here.settings, database_url=empty))
    assert counted(there) == counted(here)
    with pytest.raises(DBAPIError, match="append-only"), there.store.write() as session:
        session.execute(text("DELETE FROM audit_entry"))
    there.store.close()


# --- the command line -----------------------------------------------------------------------


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    return runner(monkeypatch, capsys)


@pytest.mark.only("sqlite")
def test_the_commands_say_where_things_are(run: Run, filled: str, tmp_path: Path) -> None:
    saved = run("backup", "saved.db")
    assert saved.code == 0
    assert "saved.db holds 14 tickets" in saved.out
    assert "earshot.key" in saved.out
    again = run("backup", "saved.db")
    assert (again.code, again.out) == (1, "")
    assert "--overwrite" in again.err
    done = run("restore", "saved.db")
    assert done.code == 0
    assert "Restored: 14 tickets." in done.out
    assert ".before-" in done.out
    assert run("restore", "nothing.db").code == 1
