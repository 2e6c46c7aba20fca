"""Words that break programs: our own collection, for every field of every form.

`NAUGHTY_STRINGS=<file>` adds a JSON file with a list of more, such as the Big List of Naughty Strings:
docs/security.md says how to get it. It is no package of ours, because installing it would run git.
"""

from __future__ import annotations

import json
import os

from django.conf import settings

NAMED = {
    "nul": "a\x00b",
    "lone surrogate": "a\ud800b",
    "right-to-left": "\u202egnihton\u202c \u2067x\u2069",
    "long": "x" * 100_000,
    "emoji": "👩🏽‍👩🏽‍👧 🇧🇩",
    "bengali composed": "\u09df\u09dc\u09dd বাংলা",
    "bengali apart": "\u09af\u09bc\u09a1\u09bc\u09a2\u09bc বাংলা",
    "joiners": "ক\u200dষ র\u200cয",
    "markup": "<script>alert(1)</script>\" onfocus='x' {{ 7*7 }} {% now %}",
    "sql": "'; DROP TABLE enquiries_enquiry; --",
    "digits": "²³①٣",
    "fractions": "⅛⅜⅝⅞",
    "month 13": "2026-13-01",
    "control": "a\x07b\x1bc\x85d",
    "lines": "a\r\nb\rc\nd\u2028e",
    "spaces": "  \u00a0 \u3000 ",
    "not a character": "\ufffe\uffff\U0010ffff",
    "a great number": "9" * 400,
}
"""Those that tests ask for by their names."""

NAUGHTY = [
    *NAMED.values(),
    # what markup, scripts and templates make of words
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'\"><svg/onload=alert(1)>",
    "</textarea><script>alert(2)</script>",
    "</title><b>bold</b>",
    "javascript:alert(1)",
    "{{ settings.SECRET_KEY }}",
    "{% load static %}{% static 'x' %}",
    "${7*7}#{7*7}<%= 7*7 %>",
    "%s%n%d%(x)s{0}{x.__class__}",
    "&lt;b&gt;&amp;amp;&#0;&#x110000;",
    '<!--#exec cmd="ls"--><?php echo 1 ?>',
    "]]><x/><![CDATA[",
    "<i<script>nner>alert(3)</i</script>nner>",
    " onmouseover=alert(4) autofocus ",
    "`'\"><\\x3Cimg src=x \\x0Aonerror\\x0D=alert(5)>",
    "<svg><style><img src='</style><script>alert(6)//'></svg>",
    '<a href="java&#09;script&colon;&#x61;&#108ert(7)">',
    '<a href="\x0bjava\x00script:alert(8)">',
    "<!--[if IE]><script>alert(9)</script><![endif]-->",
    "<iframe srcdoc=<p>x <",
    "<plaintext>",
    "＜script＞alert(10)＜/script＞",
    "<b class=“curly” id=`tick />",
    '\\";alert(11);//',
    "http://a/%%32%35%00",
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/hostname">]><x>&y;</x>',
    # what databases and shells make of them
    "1' OR '1'='1",
    '" OR ""="',
    "1); SELECT pg_sleep(9); --",
    "%' AND 1=1 --",
    "_%_%\\%",
    "a:* & !b | (c",
    '"unbalanced AND NEAR(',
    "NOT OR AND *",
    "$(sleep 9)`sleep 9`;sleep 9|sleep 9",
    "../../../../etc/passwd\\..\\..\\windows",
    "file:///etc/passwd",
    "http://169.254.169.254/latest/meta-data/",
    "2;DROP TABLE hubs_hub",
    "%",
    "_",
    "'",
    '"',
    "''\"\"'\"'",
    "\\",
    "\\\\",
    "--help",
    "-",
    "--",
    "/dev/zero; touch x; true",
    "() { :; }; touch x",
    "@{[system 'touch x']}%x(touch x)eval('1')",
    "Kernel.exit(3)",
    "$HOME %PATH% $ENV{'USER'} ~root",
    "%*.*s%1$n%99999d",
    "{0.__class__.__init__.__globals__}",
    "../../../etc/shadow%00.png",
    "CON",
    "nul.txt",
    "C:",
    "LPT1",
    # nothing, and things that look like it
    "",
    " ",
    "\t\t",
    "\u00a0\u2003\u3000",
    "\u200b",
    "\ufeff",
    "null",
    "None",
    "undefined",
    "NaN",
    "true",
    "[]",
    "{}",
    "(null)",
    "nil",
    "FALSE",
    "constructor",
    "__proto__",
    "hasOwnProperty",
    "\u1680",
    "\u180e\u2060",
    "\u2423\u2422\u2400",
    # signs that end or hide something
    "\x00",
    "\x01\x02\x07\x08\x1b[31m\x7f\x80\x9f",
    "line\r\nSet-Cookie: hub=1\r\n\r\n<b>",
    "one\ntwo\rthree\u2028four\u2029five\x0bsix\x0cseven",
    "\u202egnirts desrever\u202c",
    "\u2066isolated\u2069\u200f\u200e\u061c",
    "\ud800",
    "a\udfffb",
    "\ufffe\uffff\ufffd",
    "\U0010ffff\U000e0001",
    "red \x1b[0;31mletters\x1b[0m\x1b[20C\x1b[8m",
    "over\b\b\b\bwritten\x07\x07",
    "\u202b\u202aopen and never closed",
    "one\u2029two\u2060three\u200dfour\u00adfive",
    # letters
    "আমার য়াড়ি ভাঙা, ক্ষতি হয়েছে \u09af\u09bc \u09df",
    "İstanbul ıi ŁÓDŹ straße ﬁ ǆ",
    "مرحبا بالعالم ‏١٢٣",
    "田中さん、東京都 龘",
    "👩‍👩‍👧‍👦🏳️‍🌈🇬🇧 e\u0301",
    "Z" + "\u0301\u0489" * 60,
    "𝕿𝖍𝖊 ＡＢＣ ①②③ ½",
    "O'Brien-Smith, Jr. & Söhne “quoted”",
    "한국어 뷁 ㄱㄴ",
    "Ёж ЂЃЄ щука",
    "שָׁלוֹם hello مُنَاقَشَةُ",
    "\ufdfa\ufdfd",
    "\U00020bb7\U0002a6b2",
    "ヽ(・∀・)ﾉ ¯\\_(ツ)_/¯ (╯°□°)╯︵ ┻━┻",
    "❤\ufe0f ✋🏿 👨‍👩‍👦",
    "7\ufe0f\u20e3 #\ufe0f\u20e3",
    "🇧🇩🇬",
    "ʇxǝʇ uʍop ǝpısdn",
    "⒜ⓑ🄲 ᴀʙ ₀₁ ⁴⁵ ⅛ ⅜",
    "Ω≈ç√∫ åß∂ƒ œ∑´® ¡™£¢∞§ \uf8ff",
    "لُلُصّبُ\u0963 \u0963h \u0963 冗",
    "Scunthorpe, Penistone and Mr Dick Cockburn's cumulative assessment",
    "Null, Mr True & Ms N/A",
    # numbers and dates
    "0",
    "-1",
    "-0",
    "1e309",
    "0x10",
    "1_000",
    "٣",
    "²",
    "1.0",
    "9" * 30,
    str(2**31),
    str(2**63),
    str(-(2**63) - 1),
    "31/02/2026",
    "2026-13-45",
    "0000-00-00",
    "9999-12-31",
    "24:60",
    "2026-03-29T01:30",
    "1/2",
    "1/0",
    "-9223372036854775808/-1",
    "0..0",
    "0,,0",
    ".",
    ",",
    "--1",
    "-.",
    "1E+02",
    "-£1.00",
    "Infinity",
    "-inf",
    "1#QNAN",
    "0xffffffffffffffff",
    "2.2250738585072012e-308",
    "1,000,000.00",
    "1.000.000,00",
    "1'000 000",
    "08",
    "١٢٣４５",
    "2026-02-30T25:61:61+99:99",
    # spreadsheets and mail
    "=1+1",
    "@SUM(A1:A9)",
    "+44 20 7364 5000;ext=1",
    "-2+3+cmd|' /C calc'!A0",
    '\t=HYPERLINK("http://evil.example")',
    "a@b.co\nBcc: all@example.org",
    '"very unusual"@[127.0.0.1]',
    # long
    "a" * 10_000,
    "\u09b9\u09be" * 5_000,
    "(" * 3_000,
    "a " * 5_000,
    "1" * 5_000,
    "<" * 2_000,
]


def listed() -> list[str]:
    """Return the texts of the file that `NAUGHTY_STRINGS` names, none without it."""
    path = os.environ.get("NAUGHTY_STRINGS")
    return json.loads((settings.BASE_DIR / path).read_text(encoding="utf-8")) if path else []


def texts(*quick: str) -> dict[str, str]:
    """Return the texts of these names, or all there are where `NAUGHTY_STRINGS` names a list of more."""
    more = listed()
    if not more:
        return {name: NAMED[name] for name in quick}
    rest = (each for each in NAUGHTY if each not in NAMED.values())
    ours = {f"ours {number}": text for number, text in enumerate(rest)}
    return NAMED | ours | {f"listed {number}": text for number, text in enumerate(more)}


def as_sent(text: str) -> str:
    """Return a text as it arrives: what is no UTF-8 cannot be sent in a form."""
    return text.encode("utf-8", "replace").decode("utf-8")
