"""Drop the indexes of foreign keys that nothing looks up by.

Some are covered by an index that begins with the same column; the others say who did a thing, or point at
look-up rows that are retired and never deleted. Each cost time and pages whenever a visit was logged.

The indexes are dropped by themselves: to alter the columns would have SQLite rebuild the tables, and with that
lose their triggers.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

COLUMNS = {
    "enquiries_enquiry": [
        "cause_id",
        "closed_by_id",
        "hub_id",
        "opened_by_id",
        "outcome_id",
        "resident_id",
        "topic_id",
    ],
    "enquiries_enquiryevent": ["by_id"],
    "enquiries_recordview": ["by_id"],
    "enquiries_referral": [
        "accepted_by_id",
        "finished_by_id",
        "outcome_id",
        "returned_by_id",
        "sent_by_id",
        "service_id",
    ],
    "enquiries_resident": ["created_by_id", "merged_by_id"],
    "enquiries_residentevent": ["by_id", "other_id"],
    "enquiries_slip": ["given_by_id"],
    "enquiries_ticketcounter": ["hub_id"],
    "enquiries_visit": ["called_by_id", "hub_id", "logged_by_id", "signposted_to_id"],
}


def drop(apps, schema_editor):
    for table, columns in COLUMNS.items():
        with schema_editor.connection.cursor() as cursor:
            found = schema_editor.connection.introspection.get_constraints(cursor, table)
        for name, each in found.items():
            plain = each["index"] and not each["unique"] and not each["check"]
            if plain and len(each["columns"]) == 1 and each["columns"][0] in columns:
                schema_editor.execute(f"DROP INDEX {schema_editor.quote_name(name)}")


def make_again(apps, schema_editor):
    for table, columns in COLUMNS.items():
        for column in columns:
            name = schema_editor.quote_name(f"{table}_{column}")
            schema_editor.execute(f"CREATE INDEX {name} ON {table} ({column})")


class Migration(migrations.Migration):
    dependencies = [
        ("enquiries", "0005_only_anonymising"),
        ("hubs", "0003_topic_urgent"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(drop, make_again)],
            state_operations=[
                migrations.AlterField(
                    model_name="enquiry",
                    name="cause",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="enquiries",
                        to="enquiries.cause",
                    ),
                ),
                migrations.AlterField(
                    model_name="enquiry",
                    name="closed_by",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AlterField(
                    model_name="enquiry",
                    name="hub",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        help_text="Empty: asked online, any desk may answer.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="enquiries",
                        to="hubs.hub",
                    ),
                ),
                migrations.AlterField(
                    model_name="enquiry",
                    name="opened_by",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        help_text="Empty: the resident, online.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AlterField(
                    model_name="enquiry",
                    name="outcome",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="enquiries",
                        to="enquiries.outcome",
                    ),
                ),
                migrations.AlterField(
                    model_name="enquiry",
                    name="resident",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="enquiries",
                        to="enquiries.resident",
                    ),
                ),
                migrations.AlterField(
                    model_name="enquiry",
                    name="topic",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="enquiries",
                        to="hubs.topic",
                    ),
                ),
                migrations.AlterField(
                    model_name="enquiryevent",
                    name="by",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        help_text="Empty: the resident.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AlterField(
                    model_name="recordview",
                    name="by",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AlterField(
                    model_name="referral",
                    name="accepted_by",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AlterField(
                    model_name="referral",
                    name="finished_by",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AlterField(
                    model_name="referral",
                    name="outcome",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="enquiries.outcome",
                    ),
                ),
                migrations.AlterField(
                    model_name="referral",
                    name="returned_by",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AlterField(
                    model_name="referral",
                    name="sent_by",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AlterField(
                    model_name="referral",
                    name="service",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="referrals",
                        to="hubs.service",
                    ),
                ),
                migrations.AlterField(
                    model_name="resident",
                    name="created_by",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        help_text="Empty: the resident, online.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AlterField(
                    model_name="resident",
                    name="merged_by",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AlterField(
                    model_name="residentevent",
                    name="by",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AlterField(
                    model_name="residentevent",
                    name="other",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="enquiries.resident",
                    ),
                ),
                migrations.AlterField(
                    model_name="slip",
                    name="given_by",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AlterField(
                    model_name="ticketcounter",
                    name="hub",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="hubs.hub",
                    ),
                ),
                migrations.AlterField(
                    model_name="visit",
                    name="called_by",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AlterField(
                    model_name="visit",
                    name="hub",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="visits",
                        to="hubs.hub",
                    ),
                ),
                migrations.AlterField(
                    model_name="visit",
                    name="logged_by",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AlterField(
                    model_name="visit",
                    name="signposted_to",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="hubs.hub",
                    ),
                ),
            ],
        )
    ]
