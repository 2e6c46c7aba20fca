"""Give topics the lines that stand first on their page: what cannot wait for a hub."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("hubs", "0002_no_overlap")]

    operations = [
        migrations.AddField(
            model_name="topic",
            name="urgent_en",
            field=models.TextField("if it is urgent, a line each (English)", blank=True),
        ),
        migrations.AddField(
            model_name="topic",
            name="urgent_bn",
            field=models.TextField("if it is urgent, a line each (Bengali)", blank=True),
        ),
    ]
