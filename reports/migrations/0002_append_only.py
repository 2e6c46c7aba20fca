"""Refuse changes to what was signed off and to notes of exports, as `accounts.0004` does for its own.

A trigger on each table raises an integrity error for UPDATE and DELETE on both databases, unless
`reports.append_only.opened` has opened them for the one transaction. SQLite drops a table's triggers when a
later migration rebuilds that table: such a migration must run `make_triggers` again.
tests/reports/test_append_only.py fails if it was forgotten.
"""

from django.db import migrations

TABLES = ("reports_frozenmonth", "reports_frozenfigure", "reports_exportlog")
OPENED = "reports_historyopened"


def make_opening(apps, schema_editor):
    schema_editor.execute(
        f"CREATE TABLE {OPENED} (id integer NOT NULL PRIMARY KEY, closed_by integer NOT NULL"
        f" REFERENCES {OPENED} (id) DEFERRABLE INITIALLY DEFERRED)"
    )


def drop_opening(apps, schema_editor):
    schema_editor.execute(f"DROP TABLE {OPENED}")


def make_triggers(apps, schema_editor):
    postgresql = schema_editor.connection.vendor == "postgresql"
    if postgresql:
        schema_editor.execute(
            "CREATE FUNCTION reports_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" IF NOT EXISTS (SELECT 1 FROM {OPENED}) THEN"
            " RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is append-only',"
            " ERRCODE = 'integrity_constraint_violation';"
            " END IF;"
            " IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$"
        )
    for table in TABLES:
        for event in ("UPDATE", "DELETE"):
            name = f"{table}_append_only_{event.lower()}"
            schema_editor.execute(
                f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW"
                " EXECUTE FUNCTION reports_append_only()"
                if postgresql
                else f"CREATE TRIGGER {name} BEFORE {event} ON {table}"
                f" WHEN NOT EXISTS (SELECT 1 FROM {OPENED})"
                f" BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )


def drop_triggers(apps, schema_editor):
    postgresql = schema_editor.connection.vendor == "postgresql"
    for table in TABLES:
        for event in ("update", "delete"):
            on = f" ON {table}" if postgresql else ""
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_append_only_{event}{on}")
    if postgresql:
        schema_editor.execute("DROP FUNCTION IF EXISTS reports_append_only()")


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_initial")]

    operations = [
        migrations.RunPython(make_opening, drop_opening),
        migrations.RunPython(make_triggers, drop_triggers),
    ]
