"""Drop an index of live holds: there are few of them, and `hold_desk_once` finds those of a slot as well."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("appointments", "0004_arrival_taken_back")]

    operations = [migrations.RemoveIndex("hold", "hold_live")]
