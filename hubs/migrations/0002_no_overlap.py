"""Refuse overlapping opening periods in the database, and start the content version.

Neither database can say "no overlap" of wall times in a plain constraint that both share, so each gets a
trigger. It raises an integrity error, as a constraint would. On PostgreSQL the trigger locks the parent row
first, so that two periods saved at once cannot both pass.

SQLite drops a table's triggers when a later migration rebuilds that table: such a migration must run
`make_triggers` again. tests/hubs/test_constraints.py fails if it was forgotten.
"""

from django.db import migrations

# table, parent column, parent table, further column that must match
WATCHED = [
    ("hubs_openingperiod", "hub_id", "hubs_hub", "weekday"),
    ("hubs_datedperiod", "dated_hours_id", "hubs_datedhours", None),
]


def make_triggers(apps, schema_editor):
    make = _postgresql if schema_editor.connection.vendor == "postgresql" else _sqlite
    for table, parent, parent_table, also in WATCHED:
        for statement in make(table, parent, parent_table, also):
            schema_editor.execute(statement)


def drop_triggers(apps, schema_editor):
    for table, *_ in WATCHED:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_overlap ON {table}")
            schema_editor.execute(f"DROP FUNCTION IF EXISTS {table}_overlap()")
        else:
            for event in ("insert", "update"):
                schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_overlap_{event}")


def start_version(apps, schema_editor):
    apps.get_model("hubs", "ContentVersion").objects.get_or_create(id=1)


def _clash(table, parent, also):
    same_day = f" AND other.{also} = NEW.{also}" if also else ""
    return (
        f"SELECT 1 FROM {table} AS other WHERE other.{parent} = NEW.{parent}{same_day}"
        " AND other.id <> NEW.id"
        # Closing at 00:00 is the end of the day.
        " AND (NEW.closes = '00:00:00' OR other.opens < NEW.closes)"
        " AND (other.closes = '00:00:00' OR NEW.opens < other.closes)"
    )


def _sqlite(table, parent, parent_table, also):
    # SQLite gives NEW.id as -1 before an insert, which matches no row, so one condition serves both events.
    for event in ("INSERT", "UPDATE"):
        yield (
            f"CREATE TRIGGER {table}_overlap_{event.lower()} BEFORE {event} ON {table}"
            f" WHEN EXISTS ({_clash(table, parent, also)})"
            f" BEGIN SELECT RAISE(ABORT, '{table}_overlap'); END"
        )


def _postgresql(table, parent, parent_table, also):
    yield (
        f"CREATE FUNCTION {table}_overlap() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" PERFORM 1 FROM {parent_table} WHERE id = NEW.{parent} FOR NO KEY UPDATE;"
        f" IF EXISTS ({_clash(table, parent, also)}) THEN"
        f" RAISE EXCEPTION '{table}_overlap' USING ERRCODE = 'exclusion_violation';"
        " END IF; RETURN NEW; END $$"
    )
    yield (
        f"CREATE TRIGGER {table}_overlap BEFORE INSERT OR UPDATE ON {table}"
        f" FOR EACH ROW EXECUTE FUNCTION {table}_overlap()"
    )


class Migration(migrations.Migration):
    dependencies = [("hubs", "0001_initial")]

    operations = [
        migrations.RunPython(make_triggers, drop_triggers),
        migrations.RunPython(start_version, migrations.RunPython.noop),
    ]
