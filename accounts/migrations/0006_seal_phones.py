"""Seal the secrets of phones, which lay in the database as they were."""

from django.db import migrations

from accounts.phone_secrets import sealed_anew, unseal


def seal(apps, schema_editor):
    """Seal each that is plain."""
    for phone in apps.get_model("otp_totp", "TOTPDevice").objects.all():
        phone.key = sealed_anew(phone.key, phone.user_id)
        phone.save(update_fields=["key"])


def take_the_seal_off(apps, schema_editor):
    """Leave each plain, as the release before reads it."""
    for phone in apps.get_model("otp_totp", "TOTPDevice").objects.all():
        phone.key = unseal(phone.key, phone.user_id).hex()
        phone.save(update_fields=["key"])


class Migration(migrations.Migration):
    dependencies = [
        ("otp_totp", "0003_add_timestamps"),
        ("accounts", "0005_given_permissions"),
    ]

    operations = [
        migrations.CreateModel(
            name="Phone",
            fields=[],
            options={
                "proxy": True,
                "indexes": [],
                "constraints": [],
                "default_permissions": (),
            },
            bases=("otp_totp.totpdevice",),
        ),
        migrations.RunPython(seal, take_the_seal_off, elidable=False),
    ]
