"""Refuse changes to what was written down for good: events of enquiries and residents, and record views.

A trigger on each table raises an integrity error for UPDATE and DELETE on both databases. Retention must
still be able to blank words of long ago, so `enquiries.append_only.opened` can open the tables for one
transaction: it puts a row into `enquiries_historyopened`, which the triggers look for. That row refers to one
that never exists, checked at commit: a transaction that leaves the tables open cannot be committed.

SQLite drops a table's triggers when a later migration rebuilds that table: such a migration must run
`make_triggers` again. tests/enquiries/test_append_only.py fails if it was forgotten.
"""

from django.db import migrations

TABLES = ("enquiries_enquiryevent", "enquiries_residentevent", "enquiries_recordview")
OPENED = "enquiries_historyopened"


def make_opening(apps, schema_editor):
    schema_editor.execute(
        f"CREATE TABLE {OPENED} (id integer NOT NULL PRIMARY KEY, closed_by integer NOT NULL"
        f" REFERENCES {OPENED} (id) DEFERRABLE INITIALLY DEFERRED)"
    )


def drop_opening(apps, schema_editor):
    schema_editor.execute(f"DROP TABLE {OPENED}")


def make_triggers(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "CREATE FUNCTION enquiries_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" IF NOT EXISTS (SELECT 1 FROM {OPENED}) THEN"
            " RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is append-only',"
            " ERRCODE = 'integrity_constraint_violation';"
            " END IF;"
            " IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$"
        )
    for table in TABLES:
        for statement in _triggers(schema_editor.connection.vendor, table):
            schema_editor.execute(statement)


def drop_triggers(apps, schema_editor):
    for table in TABLES:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_append_only ON {table}")
        else:
            for event in ("update", "delete"):
                schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_append_only_{event}")
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION IF EXISTS enquiries_append_only()")


def _triggers(vendor, table):
    if vendor == "postgresql":
        yield (
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION enquiries_append_only()"
        )
        return
    for event in ("UPDATE", "DELETE"):
        yield (
            f"CREATE TRIGGER {table}_append_only_{event.lower()} BEFORE {event} ON {table}"
            f" WHEN NOT EXISTS (SELECT 1 FROM {OPENED})"
            f" BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )


class Migration(migrations.Migration):
    dependencies = [("enquiries", "0001_initial")]

    operations = [
        migrations.RunPython(make_opening, drop_opening),
        migrations.RunPython(make_triggers, drop_triggers),
    ]
