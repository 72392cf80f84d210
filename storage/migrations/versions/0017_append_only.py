"""The audit is append-only by the database itself, whoever writes to it.

An entry cannot be changed or replaced, and not be removed before it is 90 days old by the
database's clock. Who owns the tables can drop the triggers: that takes more than a mistake, and is
what a database can promise.
"""

from __future__ import annotations

from alembic import op

revision = "0017"
down_revision = "0015"
branch_labels = None
depends_on = None

REFUSED = "the audit is append-only"
SQLITE = (
    f"""CREATE TRIGGER audit_entry_no_change BEFORE UPDATE ON audit_entry
    BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END""",
    # INSERT OR REPLACE removes a row without firing the trigger of a removal.
    f"""CREATE TRIGGER audit_entry_no_replacement BEFORE INSERT ON audit_entry
    WHEN EXISTS (SELECT 1 FROM audit_entry WHERE id = NEW.id)
    BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END""",
    f"""CREATE TRIGGER audit_entry_no_removal BEFORE DELETE ON audit_entry
    WHEN OLD.at >= strftime('%Y-%m-%d %H:%M:%f', 'now', '-90 days')
    BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END""",
)
POSTGRESQL = (
    f"""CREATE FUNCTION audit_entry_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'DELETE' AND OLD.at < now() - interval '90 days' THEN RETURN OLD; END IF;
      RAISE EXCEPTION '{REFUSED}';
    END $$""",
    """CREATE TRIGGER audit_entry_is_kept BEFORE UPDATE OR DELETE ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION audit_entry_is_kept()""",
    """CREATE TRIGGER audit_entry_is_kept_whole BEFORE TRUNCATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_is_kept()""",
)


def upgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in SQLITE if is_sqlite else POSTGRESQL:
        op.execute(statement)
