"""Let an enquiry be noted by mistake with its visit, and put those right that were closed as if somebody had left.

The status stands in the index that reports read, so that no index and no table changes. Each of them gets the
event that it would have now, with who closed it and when: a month signed off before lists it as a change. Where a
service or the resident has acted since, somebody was there: such a visit stays one that left.
"""

from django.db import migrations, models
from django.db.models import Exists, OuterRef

STATUSES = [
    ("open", "With the hub"),
    ("referred", "With a service"),
    ("closed", "Closed"),
    ("mistake", "Noted by mistake"),
]
KINDS = [
    ("opened", "Opened"),
    ("noted", "Note added"),
    ("answered", "Answered"),
    ("closed", "Closed"),
    ("reopened", "Opened again"),
    ("referred", "Referred"),
    ("accepted", "Accepted by the service"),
    ("returned", "Returned to the desk"),
    ("finished", "Finished by the service"),
    ("corrected", "Corrected"),
    ("slip", "Slip given or sent"),
    ("taken_back", "Noted by mistake"),
]


def take_back(apps, schema_editor):
    visit, enquiry, event, referral, feedback = (
        apps.get_model("enquiries", name).objects.using(schema_editor.connection.alias)
        for name in ("Visit", "Enquiry", "EnquiryEvent", "Referral", "Feedback")
    )
    noted = visit.filter(left_reason="mistake")
    theirs = enquiry.filter(visit=OuterRef("pk"))
    reopened = Exists(theirs.exclude(status="closed"))
    referred = Exists(referral.filter(enquiry__visit=OuterRef("pk")))
    answered = Exists(feedback.filter(enquiry__visit=OuterRef("pk")))
    noted.filter(reopened | referred | answered).update(left_reason="unknown")
    for pk, by, at in enquiry.filter(visit__left_reason="mistake").values_list(
        "pk", "closed_by", "closed_at"
    ):
        event.create(enquiry_id=pk, kind="taken_back", at=at, by_id=by)
        enquiry.filter(pk=pk).update(
            status="mistake", outcome=None, closed_at=None, closed_by=None, first_contact=False
        )


class Migration(migrations.Migration):
    dependencies = [("enquiries", "0008_expected_at")]

    operations = [
        migrations.AlterField(
            "enquiry", "status", models.CharField(choices=STATUSES, default="open", max_length=10)
        ),
        migrations.AlterField("enquiryevent", "kind", models.CharField(choices=KINDS, max_length=10)),
        migrations.RunPython(take_back, migrations.RunPython.noop),
    ]
