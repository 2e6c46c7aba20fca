import csv
import gzip
import re
import unicodedata
from itertools import product
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import hubs
from hubs.postcodes import LONGEST_TEXT, NotAPostcode, Reason, normalise, outcode

SHIPPED = Path(hubs.__file__).parent / "data" / "postcodes.csv.gz"
CANONICAL = re.compile(r"[A-Z]{1,2}[0-9][0-9A-Z]? [0-9][ABD-HJLNP-UW-Z]{2}")
NAMES = "এ বি সি ডি ই এফ জি এইচ আই জে কে এল এম এন ও পি কিউ আর এস টি ইউ ভি ডব্লিউ এক্স ওয়াই জেড"
LETTER_NAMES = dict(zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", NAMES.split(), strict=True))
OUTCODES = ["E1", "E1W", "E2", "E3", "E14", "E15", "E20", "EC1A", "EC3N", "N1", "N1C", "SE1", "SW1A", "W1A"]
OUTCODES += ["M1", "B33", "CR2", "DN55", "L1", "LL11", "IG11", "OX1", "SO15", "BL0", "ZE1", "GY1"]
INWARD_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"
SEPARATORS = ["", " ", "  ", "\t", "\n", "-", ".", ",", "/", "'", "“", "–", "\u00a0", "\u200b", "\u200d"]
SEPARATORS += ["\u200c", "\u2060", "\ufeff", "\u202e", "\u3000", "।", "*", "_", "+", "🏠"]
ZEROS = [ord(zero) for zero in "0০०٠۰௦０𝟎"]


def refusal(text: str) -> Reason | None:
    try:
        normalise(text)
    except NotAPostcode as refused:
        return refused.reason
    return None


def shipped_codes() -> list[str]:
    with gzip.open(SHIPPED, "rt", encoding="utf-8", newline="") as rows:
        return [row["postcode"] for row in csv.DictReader(rows)]


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("E14 3HG", "E14 3HG"),
        ("e143hg", "E14 3HG"),
        ("  e1 4 3 h g ", "E14 3HG"),
        ("E14-3HG", "E14 3HG"),
        ("E14.3HG.", "E14 3HG"),
        ('"E14 3HG"', "E14 3HG"),
        ("‘E14 3HG’", "E14 3HG"),
        ("(E14 3HG),", "E14 3HG"),
        ("E14+3HG", "E14 3HG"),
        ("E14\u00a03HG", "E14 3HG"),
        ("E14\u200b3HG\ufeff", "E14 3HG"),
        ("\u202aE14 3HG\u202c", "E14 3HG"),
        ("Ｅ１４ ３ＨＧ", "E14 3HG"),
        ("𝐄𝟏𝟒 𝟑𝐇𝐆", "E14 3HG"),
        ("E১৪ ৩HG", "E14 3HG"),
        ("E١٤ ٣HG", "E14 3HG"),
        ("ই১৪ ৩এইচজি", "E14 3HG"),
        ("ই ১৪, ৩ এইচ জি।", "E14 3HG"),
        ("ইসি১এ ১বিবি", "EC1A 1BB"),
        ("ঈ১৪ ৩এইচজী", "E14 3HG"),
        ("ই১ডাব্লিউ ১এএ", "E1W 1AA"),
        ("E14 3HG 🏠", "E14 3HG"),
        ("E1 0AA", "E1 0AA"),
        ("E1W1AA", "E1W 1AA"),
        ("ec1a1bb", "EC1A 1BB"),
    ],
)
def test_normalise_any_way_of_writing(typed: str, code: str) -> None:
    assert normalise(typed) == code


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("E14 OAA", "E14 0AA"),
        ("EI4 3HG", "E14 3HG"),
        ("El4 3hg", "E14 3HG"),
        ("E1O 5AB", "E10 5AB"),
        ("E1 IAB", "E1 1AB"),
        ("E1 4A1", "E1 4AL"),
        ("ElW 1AA", "E1W 1AA"),
        ("El 1BJ", "E1 1BJ"),
        ("ELL 3AA", "E11 3AA"),
        ("S015 2AA", "SO15 2AA"),
        ("0X1 1AA", "OX1 1AA"),
        ("1G11 7AA", "IG11 7AA"),
        ("1S1 4AB", "LS1 4AB"),
        ("SEI 2AB", "SE1 2AB"),
        ("BL4 0AA", "BL4 0AA"),
        ("LL11 1AA", "LL11 1AA"),
    ],
)
def test_normalise_look_alikes_where_the_place_tells(typed: str, code: str) -> None:
    assert normalise(typed) == code


def test_normalise_unknown_area_is_kept_as_typed() -> None:
    assert normalise("qq1 1aa") == "QQ1 1AA"


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", Reason.EMPTY),
        (" \t\r\n\u00a0\u200b\ufeff", Reason.EMPTY),
        (" " * 10_000, Reason.EMPTY),
        ("E" * (LONGEST_TEXT + 1), Reason.TOO_LONG),
        ("E14 3HG" + " x" * 5_000, Reason.TOO_LONG),
        ("\u200b" * 10_000, Reason.TOO_LONG),
        ("E14", Reason.OUTCODE_ONLY),
        ("e1w.", Reason.OUTCODE_ONLY),
        ("ই১৪", Reason.OUTCODE_ONLY),
        ("El4", Reason.OUTCODE_ONLY),
        ("EC1A", Reason.OUTCODE_ONLY),
        ("E" * LONGEST_TEXT, Reason.SHAPE),
        ("...", Reason.SHAPE),
        ("hello", Reason.SHAPE),
        ("lol", Reason.SHAPE),
        ("14", Reason.SHAPE),
        ("11 111", Reason.SHAPE),
        ("ই১ ৪এসি", Reason.SHAPE),  # A C, and no inward code has a C
        ("E14 3", Reason.SHAPE),
        ("E14 3HGG", Reason.SHAPE),
        ("E14 3HG E14 3HG", Reason.SHAPE),
        ("E14 3CG", Reason.SHAPE),
        ("E14 3HO", Reason.SHAPE),
        ("E14 3H0", Reason.SHAPE),
        ("E² 6AB", Reason.SHAPE),
        ("E½ 6AB", Reason.SHAPE),
        ("É14 3HG", Reason.SHAPE),
        ("Е14 3HG", Reason.SHAPE),  # a Cyrillic letter
        ("ই১৪ ৩এইচজিি", Reason.SHAPE),
        ("E14\x003HG", Reason.SHAPE),
        ("E14 3HG\x1b", Reason.SHAPE),
        ("\ud800E14 3HG", Reason.SHAPE),
        ("🏠", Reason.SHAPE),
        ("GIR 0AA", Reason.SHAPE),
        ("বেথনাল গ্রীন", Reason.SHAPE),
    ],
)
def test_normalise_refuses_with_reason(typed: str, reason: Reason) -> None:
    assert refusal(typed) == reason


def test_refusal_does_not_carry_the_text() -> None:
    with pytest.raises(NotAPostcode) as caught:
        normalise("E14 Secret Street")
    assert caught.value.args == ("shape",)


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_bengali_letter_names_side_by_side_in_both_normal_forms(form: str) -> None:
    wrong = []
    for first, second in product(INWARD_LETTERS, repeat=2):
        typed = unicodedata.normalize(form, f"ই১৪ ৩{LETTER_NAMES[first]}{LETTER_NAMES[second]}")
        if normalise(typed) != f"E14 3{first}{second}":
            wrong.append((first, second))
    assert wrong == []


def test_bengali_names_with_precomposed_letters() -> None:
    # U+09DF, which keyboards send and NFC takes apart.
    assert normalise("ই১৪ ৩ও\u09dfাইএ") == normalise("ই১৪ ৩ও\u09af\u09bcাইএ") == "E14 3YA"


def test_every_shipped_postcode_is_already_canonical() -> None:
    codes = shipped_codes()
    assert len(codes) == 25_994
    assert [code for code in codes if normalise(code) != code] == []
    assert [code for code in codes[::7] if normalise(code.replace(" ", "").lower()) != code] == []


def test_look_alikes_of_every_shipped_outcode() -> None:
    looks_like = {"0": "0O", "1": "1IL", "O": "O0", "I": "I1", "L": "L1"}
    wrong = []
    for code in {f"{outcode(code)} 0AL" for code in shipped_codes()}:
        for typed in map("".join, product(*(looks_like.get(c, c) for c in code))):
            # Somebody who typed no digit at all is told so, rather than guessed at.
            if any(c.isdigit() for c in typed) and normalise(typed) != code:
                wrong.append((typed, code))
    assert wrong == []


def test_outcode_is_the_first_half() -> None:
    assert [outcode(code) for code in ("E1 1BJ", "E14 3HG", "EC1A 1BB")] == ["E1", "E14", "EC1A"]


canonical_codes = st.builds(
    lambda out, digit, letters: f"{out} {digit}{letters}",
    st.sampled_from(OUTCODES),
    st.sampled_from("0123456789"),
    st.text(INWARD_LETTERS, min_size=2, max_size=2),
)


@st.composite
def mangled(draw: st.DrawFn) -> tuple[str, str]:
    """A canonical postcode, and the same in some odd way of writing it."""
    code = draw(canonical_codes)
    written = []
    for c in code.replace(" ", ""):
        ways = [chr(zero + int(c)) for zero in ZEROS] if c.isdigit() else letter_ways(c)
        written.append(draw(st.sampled_from(ways)) + draw(st.sampled_from(SEPARATORS)))
    text = draw(st.sampled_from(SEPARATORS)) + "".join(written)
    return code, unicodedata.normalize(draw(st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"])), text)


def letter_ways(letter: str) -> list[str]:
    full_width = chr(ord(letter) - ord("A") + ord("Ａ"))
    return [letter, letter.lower(), full_width, full_width.lower(), LETTER_NAMES[letter]]


@given(mangled())
def test_normalise_brings_back_every_mangled_postcode(pair: tuple[str, str]) -> None:
    code, text = pair
    assert normalise(text) == code


near_postcodes = st.text(
    st.sampled_from("EeIiLlOoWw0123456789 .-ইএসিজেড১৪৩়্ািী\u200b²½\x00\ud800"), max_size=12
)
anything = st.text(st.characters(), max_size=150)


@given(st.one_of(near_postcodes, anything))
@example("\x00")
@example("\udfff" * 7)
@example("1️⃣")
@example("ﷺ" * 100)
@example("a" + "\u0300" * 99)
def test_normalise_any_text_gives_a_canonical_postcode_or_a_reason(text: str) -> None:
    try:
        code = normalise(text)
    except NotAPostcode:
        return
    assert CANONICAL.fullmatch(code)
    assert normalise(code) == code
