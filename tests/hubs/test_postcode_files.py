"""Reading files of postcodes, without a database."""

from __future__ import annotations

from itertools import pairwise

from hubs.postcode_files import LINES_BETWEEN_REPORTS, CodeSet, PostcodeFiles

FILE = (
    "postcode,easting,northing,latitude,longitude,local_authority,ward,in_use\n"
    "E1 1BJ,534884,181833,51.519320,-0.057301,E09000030,Whitechapel,1\n"
)


def test_postcode_files_report_more_and_more(tmp_path):
    path = tmp_path / "many.csv"
    path.write_text(FILE + "\n" * 40_000)
    reports: list[tuple[int, float]] = []
    files = PostcodeFiles([path], report=lambda lines, share: reports.append((lines, share)))
    assert len(list(files.rows())) == 1
    assert [lines for lines, _ in reports] == [n * LINES_BETWEEN_REPORTS for n in range(1, 9)]
    assert all(earlier <= later for (_, earlier), (_, later) in pairwise(reports))
    assert 0 < reports[0][1] < reports[-1][1] <= 1


def test_code_set_holds_exactly_what_was_added():
    codes = [
        f"{out} {digit}{a}{b}"
        for out in ("E1", "E14", "ZE1", "SW1A")
        for digit in "059"
        for a in "AMZ"
        for b in "AHZ"
    ]
    added, left_out = codes[::2], codes[1::2]
    held = CodeSet()
    assert [held.add(code) for code in added] == [True] * len(added)
    assert [held.add(code) for code in added] == [False] * len(added)
    assert [code for code in codes if code in held] == added
    assert [code for code in left_out if code in held] == []
