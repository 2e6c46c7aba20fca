"""Refuse changes to account events and to the console's log, as `enquiries.0002` does for people's history.

A trigger on each table raises an integrity error for UPDATE and DELETE on both databases, unless
`accounts.append_only.opened` has opened them for the one transaction. SQLite drops a table's triggers when a
later migration rebuilds that table: such a migration must run `make_triggers` again.
tests/accounts/test_append_only.py fails if it was forgotten.
"""

from django.db import migrations

TABLES = ("accounts_accountevent", "django_admin_log")
OPENED = "accounts_historyopened"


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
            "CREATE FUNCTION accounts_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
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
                " EXECUTE FUNCTION accounts_append_only()"
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
        schema_editor.execute("DROP FUNCTION IF EXISTS accounts_append_only()")


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_sign_in"),
        ("admin", "0003_logentry_add_action_flag_choices"),
    ]

    operations = [
        migrations.RunPython(make_opening, drop_opening),
        migrations.RunPython(make_triggers, drop_triggers),
    ]
