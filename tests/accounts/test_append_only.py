"""What was done to accounts and in the console stays as it was written down."""

from __future__ import annotations

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, connection, transaction

from accounts import actions, append_only
from accounts.models import AccountEvent, User
from tests.conftest import MONDAY_NOON


@pytest.fixture
def written(people):
    actions.switch_off(user=people["desk"], by=people["administrator"], at=MONDAY_NOON)
    LogEntry.objects.create(
        user=people["administrator"],
        content_type=ContentType.objects.get_for_model(User),
        object_id=str(people["desk"].pk),
        object_repr="desk",
        action_flag=2,
    )
    return people


@pytest.mark.parametrize("model", [AccountEvent, LogEntry])
def test_neither_changed_nor_deleted(written, model):
    field = "what" if model is AccountEvent else "object_repr"
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.update(**{field: "nothing"})
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {model._meta.db_table}")

    assert model.objects.count() == 1


@pytest.mark.parametrize("model", [AccountEvent, LogEntry])
def test_opened_for_retention_they_can_go(written, model):
    with append_only.opened():
        model.objects.all().delete()

    assert model.objects.count() == 0
    assert connection.introspection.table_names().count("accounts_historyopened") == 1
