"""What leaves the portal: figures and rows as files, and a note of each."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO

import openpyxl
import pytest
import time_machine

from enquiries.models import Enquiry
from reports import actions
from reports.models import ExportLog
from tests.reports.october import NOVEMBER, on

pytestmark = pytest.mark.django_db

OCTOBER = "/staff/reports/2026-10/2026-10/"
ENQUIRIES = f"{OCTOBER}rows/export/?measure=enquiries"


@pytest.fixture(autouse=True)
def _in_november():
    with time_machine.travel(NOVEMBER, tick=False):
        yield


@pytest.fixture
def told(october, topics):
    """An enquiry with a name and words, and one about a sensitive topic likewise."""
    someone = october.resident()
    someone.name, someone.phone = "Amber Example", "+44 7700 900123"
    someone.save()
    for topic, words in ((topics["housing"], "=HYPERLINK(1)"), (topics["domestic-abuse"], "Her story")):
        october.enquiry(on(29), topic=topic, words=words, resident=someone)
    return october


def table(response) -> list[list[str]]:
    assert response.status_code == 200
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(StringIO(text, newline="")))


def test_all_figures_leave_as_csv_with_a_note(manager, october, people):
    lines = table(manager.get(f"{OCTOBER}figures.csv?hub=bow"))

    assert lines[0][:4] == ["Part", "Row", "Figure", "Measure"]
    headline = next(line for line in lines if line[:3] == ["Headline", "Enquiries", ""])
    assert headline[4:] == ["9", "count", "9", "", "2026-10", "2026-10"]
    share = next(line for line in lines if line[1] == "Told once" and line[2] == "")
    assert share[5:8] == ["share", "3", "4"]
    note = ExportLog.objects.get()
    assert (note.by, note.at, note.personal) == (people["manager"], NOVEMBER, False)
    assert (note.what, note.rows) == ("2026-10/2026-10/figures.csv?hub=bow", len(lines) - 1)


def test_all_figures_leave_as_a_workbook(manager, october):
    response = manager.get(f"{OCTOBER}figures.xlsx")

    book = openpyxl.load_workbook(BytesIO(b"".join(response.streaming_content)))
    assert response.headers["Content-Disposition"] == 'attachment; filename="figures-2026-10-2026-10.xlsx"'
    assert book.sheetnames[:3] == ["Headlines", "By hub", "By topic"]
    assert [cell.value for cell in book["By hub"][4]][:4] == ["Bow hub", None, 16, 9]
    assert ExportLog.objects.get().format == "xlsx"


def test_rows_leave_without_anything_about_people(manager, told):
    lines = table(manager.post(ENQUIRIES, {"personal": "no", "reason": ""}))

    assert lines[0] == [
        *("opened", "hub", "topic", "channel", "status", "outcome"),
        *("first_contact", "cause", "language", "closed"),
    ]
    assert len(lines) - 1 == Enquiry.objects.that_happened().filter(month=202610).count() == 13
    assert lines[1][:6] == ["2026-10-05 11:15", "bow", "housing", "in_person", "closed", "resolved"]
    assert "Amber" not in str(lines)
    note = ExportLog.objects.get()
    assert (note.rows, note.personal, note.reason) == (13, False, "")


def test_names_and_stories_leave_with_a_reason_and_not_about_a_sensitive_topic(manager, told):
    asked = {"personal": "yes", "reason": "A letter to everybody who came about housing"}
    lines = table(manager.post(ENQUIRIES, asked))

    kept, hidden = lines[-2:]
    assert kept[-5:] == ["Amber Example", "'+44 7700 900123", "", "", "'=HYPERLINK(1)"]
    assert hidden[2] == "domestic-abuse"
    assert hidden[-6:] == [""] * 6
    note = ExportLog.objects.get()
    assert (note.personal, note.reason, note.rows) == (True, asked["reason"], 13)


def test_rows_leave_as_a_workbook_in_which_text_stays_text(manager, told):
    asked = {"personal": "yes", "reason": "To write to them", "format": "xlsx"}
    response = manager.post(ENQUIRIES, asked)

    assert response.headers["Content-Disposition"] == 'attachment; filename="enquiries-2026-10-2026-10.xlsx"'
    sheet = openpyxl.load_workbook(BytesIO(b"".join(response.streaming_content)))["Enquiries"]
    lines = list(sheet.iter_rows(min_row=3, values_only=True))
    assert lines[0][-6:] == ("reference", "name", "phone", "email", "postcode", "words")
    kept, hidden = lines[-2:]
    assert kept[-5:] == ("Amber Example", "+44 7700 900123", None, None, "=HYPERLINK(1)")
    assert {cell.data_type for row in sheet.iter_rows(min_row=3) for cell in row} <= {"s", "n"}
    assert (hidden[2], hidden[-6:]) == ("domestic-abuse", (None,) * 6)
    assert len(lines) - 1 == 13
    note = ExportLog.objects.get()
    assert (note.format, note.personal, note.reason, note.rows) == ("xlsx", True, asked["reason"], 13)


def test_more_rows_than_a_workbook_may_hold_leave_as_csv_alone(manager, told, monkeypatch):
    monkeypatch.setattr(actions, "MOST_WORKBOOK_ROWS", 12)

    response = manager.post(ENQUIRIES, {"personal": "no", "format": "xlsx"})

    assert response.status_code == 422
    assert "These are 13 rows. Excel files hold 12 at most: choose CSV" in response.content.decode()
    assert not ExportLog.objects.exists()
    assert len(table(manager.post(ENQUIRIES, {"personal": "no", "format": "csv"}))) == 14


@pytest.mark.parametrize("asked", [{"personal": "yes", "reason": " "}, {"personal": "no", "format": "exe"}])
def test_a_workbook_leaves_as_little_without_a_reason_as_csv(manager, told, asked):
    response = manager.post(ENQUIRIES, {"format": "xlsx"} | asked)

    assert response.status_code == 422
    assert not ExportLog.objects.exists()


def test_without_a_reason_names_stay(manager, told):
    response = manager.post(ENQUIRIES, {"personal": "yes", "reason": " "})

    assert response.status_code == 422
    assert "Say why you need names and stories" in response.content.decode()
    assert not ExportLog.objects.exists()


def test_more_rows_about_people_than_one_file_may_hold_stay(manager, told, monkeypatch):
    monkeypatch.setattr(actions, "MOST_PERSONAL_ROWS", 12)

    response = manager.post(ENQUIRIES, {"personal": "yes", "reason": "All of it"})

    assert response.status_code == 422
    page = response.content.decode()
    assert "These are 13 rows. Names and stories leave with 12 at most" in page
    assert "All of it" in page
    assert not ExportLog.objects.exists()
    assert len(table(manager.post(ENQUIRIES, {"personal": "no"}))) == 14


@pytest.mark.parametrize(
    ("measure", "rows", "columns"),
    [
        *(("visits", 17, 12), ("referrals", 5, 15), ("feedback", 2, 11), ("waits", 4, 12), ("left", 2, 12)),
        *(("booked", 4, 15), ("missed", 1, 15), ("slots", 3, 5), ("slots_used", 2, 5)),
    ],
)
def test_every_kind_of_row_can_leave(manager, october, measure, rows, columns):
    path = f"{OCTOBER}rows/export/?measure={measure}"
    lines = table(manager.post(path, {"personal": "yes", "reason": "To check"}))

    assert {len(line) for line in lines} == {columns}
    assert len(lines) - 1 == rows


@pytest.mark.parametrize("measure", ["visits", "enquiries", "referrals", "feedback", "booked", "slots"])
def test_a_file_takes_few_queries_however_many_rows(manager, october, measure, django_assert_num_queries):
    path = f"{OCTOBER}rows/export/?measure={measure}"
    manager.get(path)
    # The keys of the month, then its rows; of visits also their enquiries and topics.
    related = 2 if measure == "visits" else 0
    with django_assert_num_queries(7 + related):
        table(manager.post(path, {"personal": "yes", "reason": "To count"}))


def test_an_officer_who_may_not_take_rows_out_cannot(client, october, people):
    client.force_login(people["desk"])

    assert client.get(f"{ENQUIRIES}").status_code == 403
    assert client.post(ENQUIRIES, {"personal": "no"}).status_code == 403
