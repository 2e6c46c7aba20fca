"""Remember which permissions roles were given, so that a release gives each of its own once."""

import django.db.models.deletion
from django.db import migrations, models

_HUBS = [
    *(
        f"{verb}_{model}"
        for model in ("hub", "topic", "service", "facility")
        for verb in ("view", "add", "change")
    ),
    *(
        f"{verb}_{model}"
        for model in (
            "openingperiod",
            "datedhours",
            "datedperiod",
            "hubfacility",
            "topiccode",
            "topicoffer",
            "notice",
        )
        for verb in ("view", "add", "change", "delete")
    ),
]
FIRST_RELEASE = {
    "Front desk": ["accounts.use_desk"],
    "Service officer": ["accounts.use_desk"],
    "Manager": ["accounts.use_desk"],
    "Administrator": [
        "accounts.use_desk",
        "accounts.edit_public_facts",
        "accounts.manage_staff",
        "accounts.view_user",
        "accounts.add_user",
        "accounts.change_user",
        *(f"hubs.{codename}" for codename in _HUBS),
    ],
}
"""What roles were given before anybody remembered: what is missing of it now was taken away."""


def remember(apps, schema_editor):
    """Write down, for each role there is, what it has and what the first release gave to it."""
    given, group = apps.get_model("accounts", "GivenPermission"), apps.get_model("auth", "Group")
    for role in group.objects.filter(name__in=FIRST_RELEASE):
        rows = role.permissions.values_list("content_type__app_label", "codename")
        names = {f"{app}.{codename}" for app, codename in rows} | set(FIRST_RELEASE[role.name])
        given.objects.bulk_create(given(role=role, permission=name) for name in sorted(names))


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("accounts", "0004_append_only"),
    ]

    operations = [
        migrations.CreateModel(
            name="GivenPermission",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("permission", models.CharField(max_length=200)),
                (
                    "role",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="given_permissions",
                        to="auth.group",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("role", "permission"), name="permission_given_once_to_a_role"
                    )
                ],
            },
        ),
        migrations.RunPython(remember, migrations.RunPython.noop, elidable=False),
    ]
