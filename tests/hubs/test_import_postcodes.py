"""Importing postcodes: four kinds of file, every way a file can be wrong, all or nothing."""

from __future__ import annotations

import gzip
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from hubs.actions import take_in_postcodes
from hubs.facts import SHIPPED
from hubs.models import ContentVersion, Postcode
from hubs.postcode_files import LINES_BETWEEN_REPORTS, PostcodeRow

OURS = "postcode,easting,northing,latitude,longitude,local_authority,ward,in_use\n"
TOWN_HALL = "E1 1BJ,534884,181833,51.519320,-0.057301,E09000030,Whitechapel,1\n"
LIBRARY = "E14 3HG,538113,179321,51.495967,-0.011774,E09000030,Blackwall & Cubitt Town,1\n"
CITY = "E1 6AN,533481,181742,51.518838,-0.077546,E09000001,,1\n"
GONE = "E1 0AB,535349,181185,51.513386,-0.050852,E09000030,,0\n"
# Without a time stamp, so that the tests have the same names in every process.
ARCHIVE = gzip.compress((OURS + TOWN_HALL).encode(), mtime=0)

CODE_POINT = (
    '"E1  1BJ",10,534884,181833,"E92000001","E19000003","E18000007","","E09000030","E05009336"\n'
    '"E14 3HG",50,538113,179321,"E92000001","E19000003","E18000007","","E09000030","E05009318"\n'
    '"E14 9ZZ",90,0,0,"E92000001","E19000003","E18000007","","E09000030","E05009318"\n'
    '"E14 9ZY",90,,,"E92000001","E19000003","E18000007","","E09000030","E05009318"\n'
)
ONSPD_2023 = (
    "pcd,pcd2,pcds,dointr,doterm,oscty,oslaua,oseast1m,osnrth1m,osgrdind,lat,long\n"
    "E1  1BJ,E1   1BJ,E1 1BJ,198001,,E99999999,E09000030,534884,0181833,1,51.519320,-0.057301\n"
    "E1  0AB,E1   0AB,E1 0AB,198001,199606,E99999999,E09000030,535349,0181185,1,51.513386,-0.050852\n"
    "W1M 1AA,W1M  1AA,W1M 1AA,198001,200001,E99999999,E09000033,528500,0181500,1,51.518000,-0.149000\n"
    "E14 9ZZ,E14  9ZZ,E14 9ZZ,198001,199606,E99999999,E09000030,,,9,99.999999,0.000000\n"
    "BT1 1AA,BT1  1AA,BT1 1AA,198001,,N99999999,N09000003,333900,0374300,1,54.602000,-5.929000\n"
    "GY1 1AA,GY1  1AA,GY1 1AA,198001,,L99999999,L99999999,,,9,99.999999,0.000000\n"
)
ONSPD_2025 = (
    '"pcd7","pcd8","pcds","dointr","doterm","lad25cd","wd25cd","east1m","north1m","gridind","lat","long"\n'
    '"E1  1BJ","E1   1BJ","E1 1BJ",198001,,"E09000030","",534884,181833,1,51.519320,-0.057301\n'
    '"E1  0AB","E1   0AB","E1 0AB",198001,199606,"E09000030","",535349,181185,1,51.513386,-0.050852\n'
)


@pytest.fixture
def file(tmp_path):
    """Write text or bytes into a file and return its path."""

    def write(content: str | bytes, name: str = "postcodes.csv") -> str:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return str(path)

    return write


def take_in(*words: str, **options) -> list[str]:
    out = StringIO()
    call_command("import_postcodes", *words, stdout=out, **options)
    return out.getvalue().splitlines()


def refusal(*words: str) -> list[str]:
    with pytest.raises(CommandError) as refused:
        take_in(*words)
    first, *problems = str(refused.value).split("\n")
    assert first == "Nothing was changed."
    return problems


def stored() -> list[tuple]:
    return list(
        Postcode.objects.values_list(
            "code", "easting", "northing", "latitude", "longitude", "local_authority", "ward", "in_use"
        )
    )


def version() -> int:
    return ContentVersion.objects.get().number


BJ = ("E1 1BJ", 534884, 181833, 51.519320, -0.057301, "E09000030")
HG = ("E14 3HG", 538113, 179321, 51.495967, -0.011774, "E09000030")
AB = ("E1 0AB", 535349, 181185, 51.513386, -0.050852, "E09000030")


def test_import_takes_our_file(db, file):
    before = version()
    report = take_in(file(OURS + TOWN_HALL + LIBRARY + GONE))
    assert report == ["Postcodes: 3 added, 0 changed, 0 as before, 0 removed."]
    assert stored() == [
        (*AB, "", False),
        (*BJ, "Whitechapel", True),
        (*HG, "Blackwall & Cubitt Town", True),
    ]
    assert version() == before + 1


def test_import_takes_the_shipped_file_twice_and_the_second_time_changes_nothing(db):
    path = str(SHIPPED.with_name("postcodes.csv.gz"))
    assert take_in(path) == ["Postcodes: 25,994 added, 0 changed, 0 as before, 0 removed."]
    before = version()
    assert take_in(path, "--replace") == ["Postcodes: 0 added, 0 changed, 25,994 as before, 0 removed."]
    assert version() == before
    borough = Postcode.objects.filter(local_authority="E09000030")
    assert (borough.filter(in_use=True).count(), borough.filter(in_use=False).count()) == (5862, 4836)
    assert Postcode.objects.get(pk="E15 2HG").in_borough
    assert not Postcode.objects.get(pk="E1 6AN").in_borough


def test_import_takes_code_point_open(db, file):
    assert take_in(file(CODE_POINT)) == [
        "Postcodes: 2 added, 0 changed, 0 as before, 0 removed.",
        "Left out: 2 without a place on the National Grid.",
    ]
    assert stored() == [
        ("E1 1BJ", 534884, 181833, None, None, "E09000030", "", True),
        ("E14 3HG", 538113, 179321, None, None, "E09000030", "", True),
    ]


def test_import_takes_code_point_open_with_its_header_added(db, file):
    header = (
        "Postcode,Positional_quality_indicator,Eastings,Northings,Country_code,NHS_regional_HA_code,"
        "NHS_HA_code,Admin_county_code,Admin_district_code,Admin_ward_code\n"
    )
    take_in(file(header + CODE_POINT))
    assert [row[0] for row in stored()] == ["E1 1BJ", "E14 3HG"]


def test_import_takes_the_ons_directory_with_the_names_of_2023(db, file):
    assert take_in(file(ONSPD_2023)) == [
        "Postcodes: 2 added, 0 changed, 0 as before, 0 removed.",
        "Left out: 3 without a place on the National Grid.",
        "Left out: 1 out of use and of a shape that no postcode has today.",
    ]
    assert stored() == [(*AB, "", False), (*BJ, "", True)]


def test_import_takes_the_ons_directory_with_the_names_of_2025(db, file):
    take_in(file(ONSPD_2025))
    assert stored() == [(*AB, "", False), (*BJ, "", True)]


def test_import_takes_the_ons_directory_with_names_in_capitals(db, file):
    header, rest = ONSPD_2023.split("\n", 1)
    take_in(file(f"{header.upper()}\n{rest}"))
    assert stored() == [(*AB, "", False), (*BJ, "", True)]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_import_takes_any_line_end_blank_lines_and_a_byte_order_mark(db, file, line_end):
    text = "\ufeff" + (OURS + "\n" + TOWN_HALL + "\n").replace("\n", line_end)
    take_in(file(text))
    assert stored() == [(*BJ, "Whitechapel", True)]


def test_import_takes_a_compressed_file_whatever_its_name(db, file):
    take_in(file(gzip.compress((OURS + TOWN_HALL).encode(), mtime=0), "postcodes.data"))
    assert stored() == [(*BJ, "Whitechapel", True)]


def test_import_takes_several_files_at_once(db, file):
    report = take_in(file(OURS + TOWN_HALL, "a.csv"), file(CODE_POINT[CODE_POINT.index('"E14') :], "b.csv"))
    assert report[0] == "Postcodes: 2 added, 0 changed, 0 as before, 0 removed."
    assert [row[0] for row in stored()] == ["E1 1BJ", "E14 3HG"]


def test_import_with_authority_leaves_the_others_out(db, file):
    path = file(OURS + TOWN_HALL + CITY)
    assert take_in(path, "--authority", "E09000030") == [
        "Postcodes: 1 added, 0 changed, 0 as before, 0 removed.",
        "Left out: 1 of other local authorities.",
    ]
    assert [row[0] for row in stored()] == ["E1 1BJ"]
    take_in(path, "--authority", "E09000030", "--authority", "E09000001")
    assert [row[0] for row in stored()] == ["E1 1BJ", "E1 6AN"]


def test_import_of_an_authority_that_is_not_in_the_file_is_refused(db, file):
    path = file(OURS + TOWN_HALL)
    take_in(path)
    assert refusal(path, "--authority", "E09000099", "--replace") == [f"{path} has no postcode of E09000099."]
    assert len(stored()) == 1


def test_import_again_changes_what_differs_and_keeps_what_is_not_in_the_file(db, file):
    take_in(file(OURS + TOWN_HALL + LIBRARY + CITY))
    before = version()
    report = take_in(file(OURS + TOWN_HALL + LIBRARY.replace(",1\n", ",0\n") + GONE))
    assert report == ["Postcodes: 1 added, 1 changed, 1 as before, 0 removed."]
    assert [(row[0], row[-1]) for row in stored()] == [
        ("E1 0AB", False),
        ("E1 1BJ", True),
        ("E1 6AN", True),
        ("E14 3HG", False),
    ]
    assert version() == before + 1


def test_import_with_replace_removes_what_is_not_in_the_file(db, file):
    take_in(file(OURS + TOWN_HALL + LIBRARY + CITY))
    report = take_in(file(OURS + LIBRARY), "--replace")
    assert report == ["Postcodes: 0 added, 0 changed, 1 as before, 2 removed."]
    assert [row[0] for row in stored()] == ["E14 3HG"]


def test_import_keeps_degrees_and_ward_that_the_file_does_not_give(db, file):
    take_in(file(OURS + TOWN_HALL + LIBRARY))
    moved = CODE_POINT.replace("538113", "538114")
    assert take_in(file(moved))[0] == "Postcodes: 0 added, 1 changed, 1 as before, 0 removed."
    assert stored() == [
        (*BJ, "Whitechapel", True),
        # It has moved, so that the degrees we had are those of another place.
        ("E14 3HG", 538114, 179321, None, None, "E09000030", "Blackwall & Cubitt Town", True),
    ]


def test_import_dry_run_changes_nothing(db, file):
    before = version()
    assert take_in(file(OURS + TOWN_HALL), "--dry-run") == [
        "Postcodes: 1 added, 0 changed, 0 as before, 0 removed.",
        "This was a dry run: nothing was changed.",
    ]
    assert (stored(), version()) == ([], before)


def test_import_without_verbosity_says_nothing(db, file):
    assert take_in(file(OURS + TOWN_HALL), verbosity=0) == []


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("E1 1B,534884,181833,51.5,-0.05,E09000030,,1", "“E1 1B” is not a postcode"),
        # A resident may type l for 1; in a file it is a fault.
        ("El 1BJ,534884,181833,51.5,-0.05,E09000030,,1", "“El 1BJ” is not a postcode"),
        ("W1M 1AA,534884,181833,51.5,-0.05,E09000030,,1", "“W1M 1AA” is not a postcode"),
        (",534884,181833,51.5,-0.05,E09000030,,1", "“” is not a postcode"),
        ("E1 1BJ,534884", "has 2 columns instead of 8"),
        ("E1 1BJ,534884,181833,51.5,-0.05,E09000030,White,chapel,1", "has 9 columns instead of 8"),
        (
            "E1 1BJ,534884.5,181833,51.5,-0.05,E09000030,,1",
            "“534884.5”, “181833” are not an easting and a northing in whole metres",
        ),
        (
            "E1 1BJ,534884,,51.5,-0.05,E09000030,,1",
            "“534884”, “” are not an easting and a northing in whole metres",
        ),
        (
            "E1 1BJ,-1,181833,51.5,-0.05,E09000030,,1",
            "“-1”, “181833” are not an easting and a northing in whole metres",
        ),
        (
            "E1 1BJ,৫৩৪৮৮৪,181833,51.5,-0.05,E09000030,,1",
            "“৫৩৪৮৮৪”, “181833” are not an easting and a northing in whole metres",
        ),
        ("E1 1BJ,700001,181833,51.5,-0.05,E09000030,,1", "700001, 181833 is not in Great Britain"),
        ("E1 1BJ,534884,1300001,51.5,-0.05,E09000030,,1", "534884, 1300001 is not in Great Britain"),
        (
            "E1 1BJ,534884,181833,north,-0.05,E09000030,,1",
            "“north”, “-0.05” are not degrees of a place in Great Britain",
        ),
        (
            "E1 1BJ,534884,181833,nan,-0.05,E09000030,,1",
            "“nan”, “-0.05” are not degrees of a place in Great Britain",
        ),
        (
            "E1 1BJ,534884,181833,51.5,,E09000030,,1",
            "“51.5”, “” are not degrees of a place in Great Britain",
        ),
        (
            "E1 1BJ,534884,181833,-0.05,51.5,E09000030,,1",
            "“-0.05”, “51.5” are not degrees of a place in Great Britain",
        ),
        (
            "E1 1BJ,534884,181833,51.5,-0.05,Tower Hamlets,,1",
            "“Tower Hamlets” is not a local authority code such as E09000030",
        ),
        ("E1 1BJ,534884,181833,51.5,-0.05,E09000030,,yes", "in_use is “yes” instead of 1 or 0"),
        ("E1 1BJ,534884,181833,51.5,-0.05,E09000030,,", "in_use is “” instead of 1 or 0"),
        ("E1 1BJ,534884,181833,51.5,-0.05,E09000030,Bow\0,1", "“Bow\0” is not the name of a ward"),
        (
            f"E1 1BJ,534884,181833,51.5,-0.05,E09000030,{'W' * 61},1",
            f"“{'W' * 60}” is not the name of a ward",
        ),
        ("E14 3HG,538113,179321,51.5,-0.01,E09000030,,1", "E14 3HG comes a second time"),
    ],
)  # fmt: skip
def test_import_with_a_wrong_row_names_the_line_and_changes_nothing(db, file, row, problem):
    path = file(OURS + LIBRARY + row + "\n" + CITY)
    assert refusal(path) == [f"{path}, line 3: {problem}."]
    assert stored() == []


def test_import_with_many_wrong_rows_shows_twenty_and_counts_all(db, file):
    before = version()
    path = file(OURS + TOWN_HALL + "E1,,\n" * 1234)
    problems = refusal(path)
    assert problems[0] == f"{path}, line 3: has 3 columns instead of 8."
    assert problems[19] == f"{path}, line 22: has 3 columns instead of 8."
    assert problems[20:] == ["… and 1,214 more rows that are wrong."]
    assert (stored(), version()) == ([], before)


def test_import_with_a_fault_after_many_good_rows_changes_nothing(db, file):
    take_in(file(OURS + CITY))
    good = "".join(
        f"E1 {digit}{a}{b},534884,181833,51.5,-0.05,E09000030,,1\n"
        for digit in range(4)
        for a in "ABDEFGHJLNPQRSTUWXYZ"
        for b in "ABDEFGHJLNPQRSTUWXYZ"
    )
    path = file(OURS + good + "E1\n")
    assert refusal(path, "--replace") == [f"{path}, line 1602: has 1 columns instead of 8."]
    assert [row[0] for row in stored()] == ["E1 6AN"]


def test_import_of_the_same_postcode_in_two_files_is_refused(db, file):
    first, second = file(OURS + TOWN_HALL, "a.csv"), file(OURS + TOWN_HALL, "b.csv")
    assert refusal(first, second) == [f"{second}, line 2: E1 1BJ comes a second time."]


def unknown_kind(missing: str) -> str:
    return (
        " is neither Code-Point Open (ten columns, no header) nor a file whose first line names its columns: "
        f"none is for {missing}. See docs/facts.md for the names."
    )


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", " is empty."),
        (b"\n\n", " is empty."),
        (b"\xef\xbb\xbf", " is empty."),
        (OURS.encode(), " has no postcode."),
        (b"name,colour\nx,y\n", unknown_kind("postcode, easting, northing, authority")),
        (b"postcode,lat,long,oslaua\n", unknown_kind("easting, northing")),
        (TOWN_HALL.encode(), unknown_kind("postcode, easting, northing, authority")),
        ((OURS + TOWN_HALL.replace("White", "Wéite")).encode("latin-1"),
         ", near line 1: is not UTF-8. Save it as “CSV UTF-8”."),
        ((OURS + TOWN_HALL).encode("utf-16"), ", near line 1: is not UTF-8. Save it as “CSV UTF-8”."),
        (b"PK\x03\x04rest", " is a zip archive or a spreadsheet: name the CSV file in it."),
        (ARCHIVE[:-12], " is damaged or cut off: fetch it again."),
        (ARCHIVE[:12], " is damaged or cut off: fetch it again."),
        (b"\x1f\x8b", " is damaged or cut off: fetch it again."),
        (b"\x1f\x8bnonsense, really", " is damaged or cut off: fetch it again."),
        ((OURS + '"E1 1BJ,534884').encode(), ", line 2: is not CSV (unexpected end of data)."),
        ((OURS + "x" * 200_000).encode(), ", line 2: is not CSV (field larger than field limit (131072))."),
    ],
)  # fmt: skip
def test_import_of_a_file_of_no_use_says_why_in_one_sentence(db, file, content, sentence):
    path = file(content)
    assert refusal(path) == [path + sentence]


def test_import_of_what_is_no_file_says_so(db, tmp_path):
    assert refusal(str(tmp_path)) == [f"{tmp_path} is a folder: name the CSV file in it."]
    assert refusal(f"{tmp_path}/none.csv") == [
        f"{tmp_path}/none.csv cannot be read: No such file or directory."
    ]
    assert refusal("/dev/null") == ["/dev/null is empty."]


@pytest.mark.django_db(transaction=True)
def test_import_reads_to_the_end_before_it_opens_a_transaction():
    in_transaction = []

    def rows():
        in_transaction.append(connection.in_atomic_block)
        yield PostcodeRow(*BJ, "Whitechapel", True)
        in_transaction.append(connection.in_atomic_block)

    take_in_postcodes(rows())
    assert in_transaction == [False, False]
    assert stored() == [(*BJ, "Whitechapel", True)]


def test_import_shows_progress_on_a_terminal_only(db, file):
    class Terminal(StringIO):
        def isatty(self) -> bool:
            return True

    path = file(OURS + "\n" * LINES_BETWEEN_REPORTS + TOWN_HALL)
    terminal, pipe = Terminal(), StringIO()
    call_command("import_postcodes", path, stdout=StringIO(), stderr=terminal)
    call_command("import_postcodes", path, stdout=StringIO(), stderr=pipe)
    assert terminal.getvalue() == "\r5,000 lines, 100% of this file\r\033[K"
    assert pipe.getvalue() == ""
