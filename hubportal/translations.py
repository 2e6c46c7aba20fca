"""The Bengali catalogue: finding the words to translate, keeping the `.po` in step, checking, compiling.

No system gettext is needed. Compiling, which every installation does, takes polib alone; finding the words
needs Babel, which only developers have. `docs/translating.md` says how people use this.
"""

from __future__ import annotations

import difflib
import io
import os
import re
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polib
from django.utils.translation.template import templatize

Key = tuple[str | None, str, str]
"""What tells one message from another: its context, its words, its words in the plural."""

SOURCE_FOLDERS = ("accounts", "appointments", "enquiries", "hubportal", "hubs", "templates")
LIKE_ENOUGH = 0.75
"""How alike (difflib's ratio, 0 to 1) new words must be to old ones to get their translation as a draft."""

_CALLS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), None),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
_PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[sd]|\{\w*\}|</?[a-z][^>]*>")
_BENGALI_DIGIT = re.compile("[০-৯]")

HEADER = (
    "Bengali words of the Residents' Hubs portal, as London's Bengali papers write them.\n"
    "Written with care, but not yet checked by a native speaker: see docs/translating.md."
)
METADATA = {
    "Project-Id-Version": "residents-hubs-portal",
    "Language": "bn",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    # Unicode CLDR: Bengali counts nothing and one as singular, everything else as plural.
    "Plural-Forms": "nplurals=2; plural=(n > 1);",
}


class BabelMissing(Exception):
    """Babel, which finds the words in Python files, is not installed."""


@dataclass
class Message:
    """Words to translate, and the files that use them."""

    text: str
    plural: str = ""
    context: str | None = None
    files: list[str] = field(default_factory=list)

    @property
    def key(self) -> Key:
        """What tells this message from others."""
        return (self.context, self.text, self.plural)


def find_messages(root: Path) -> list[Message]:
    """Return every message in the Python files and templates under `root`, in the order of the files.

    Raises `BabelMissing` where Babel is not installed, `SyntaxError` for a template with a tag inside a
    translated block.
    """
    found: dict[Key, Message] = {}
    for path in _source_files(root):
        file = path.relative_to(root).as_posix()
        text = path.read_text(encoding="utf-8")
        for message in _messages_in(text, file):
            kept = found.setdefault(message.key, message)
            if file not in kept.files:
                kept.files.append(file)
    return list(found.values())


def merge(old: Iterable[polib.POEntry], messages: Iterable[Message]) -> polib.POFile:
    """Return the catalogue for `messages`: translations kept, likely ones as fuzzy drafts, others empty.

    Words that are no longer used are dropped; the version history remembers them.
    """
    known = {_key(entry): entry for entry in old}
    messages = list(messages)
    wanted = {message.key for message in messages}
    orphans = {entry.msgid: entry for key, entry in known.items() if key not in wanted and _translated(entry)}
    catalogue = polib.POFile(wrapwidth=100)
    catalogue.header = HEADER
    catalogue.metadata = dict(METADATA)
    for message in messages:
        catalogue.append(_entry(message, known.get(message.key), orphans))
    return catalogue


def check(catalogue: polib.POFile, messages: Iterable[Message]) -> list[str]:
    """Return what is wrong with the catalogue, a sentence each; empty when it may be published."""
    wanted = {message.key: message for message in messages}
    listed = {_key(entry) for entry in catalogue}
    problems = [
        f"{_short(m.text)} ({m.files[0]}) is not in the file" for k, m in wanted.items() if k not in listed
    ]
    for entry in catalogue:
        if _key(entry) not in wanted:
            problems.append(f"{_short(entry.msgid)} is no longer used")
        problems += [f"{_short(entry.msgid)} {fault}" for fault in _faults(entry)]
    return problems


def read(path: Path) -> polib.POFile:
    """Return the catalogue kept in `path`, an empty one if there is no such file."""
    return polib.pofile(str(path)) if path.is_file() else polib.POFile()


def write(catalogue: polib.POFile, path: Path) -> None:
    """Keep the catalogue in `path`, whole or not at all."""
    _replace(path, f"{catalogue}\n".encode())


def compile_stale(folder: Path) -> list[Path]:
    """Compile each `.po` under `folder` whose `.mo` is missing or older; return the files written.

    Safe while other processes start: a `.mo` is swapped in whole.
    """
    written = []
    for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime_ns < source.stat().st_mtime_ns:
            _replace(target, polib.pofile(str(source)).to_binary())
            written.append(target)
    return written


def _source_files(root: Path) -> Iterator[Path]:
    for folder in SOURCE_FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in (".py", ".html", ".txt") and "migrations" not in path.parts:
                yield path


def _messages_in(text: str, file: str) -> Iterator[Message]:
    try:
        from babel.messages.extract import extract
    except ModuleNotFoundError as missing:
        raise BabelMissing from missing
    if not file.endswith(".py"):
        # What is left of a template is no Python: without margins the tokenizer cannot trip over indents.
        text = "\n".join(line.strip() for line in templatize(text, origin=file).splitlines())
    for _line, words, _comments, context in extract("python", io.BytesIO(text.encode()), keywords=_CALLS):
        singular, plural = words if isinstance(words, tuple) else (words, "")
        yield Message(singular, plural, context)


def _entry(message: Message, known: polib.POEntry | None, orphans: dict[str, polib.POEntry]) -> polib.POEntry:
    entry = polib.POEntry(
        msgid=message.text,
        msgid_plural=message.plural,
        msgctxt=message.context,
        occurrences=[(file, "") for file in message.files],
        flags=["python-format"] if _PLACEHOLDER.search(message.text) and "%" in message.text else [],
    )
    if message.plural:
        entry.msgstr_plural = {0: "", 1: ""}
    source, draft = _source_of(message, known, orphans)
    if source is None or bool(source.msgid_plural) != bool(message.plural):
        return entry
    if draft:
        entry.flags.append("fuzzy")
    entry.tcomment = source.tcomment
    entry.msgstr = unicodedata.normalize("NFC", source.msgstr)
    entry.msgstr_plural = {n: unicodedata.normalize("NFC", text) for n, text in source.msgstr_plural.items()}
    return entry


def _source_of(
    message: Message, known: polib.POEntry | None, orphans: dict[str, polib.POEntry]
) -> tuple[Any, bool]:
    """Return the entry whose translation a message gets, if any, and whether that is only a draft."""
    if known is not None and _translated(known):
        return known, known.fuzzy
    alike = difflib.get_close_matches(message.text, orphans, n=1, cutoff=LIKE_ENOUGH)
    return (orphans[alike[0]] if alike else None), True


def _faults(entry: polib.POEntry) -> Iterator[str]:
    if not _translated(entry):
        yield "is not translated"
        return
    if entry.fuzzy:
        yield "has a draft translation (fuzzy)"
    plural = entry.msgid_plural
    pairs = [(plural if n else entry.msgid, text) for n, text in entry.msgstr_plural.items()]
    for words, translation in pairs or [(entry.msgid, entry.msgstr)]:
        if Counter(_PLACEHOLDER.findall(words)) != Counter(_PLACEHOLDER.findall(translation)):
            yield "has other placeholders or tags in its translation"
        if _BENGALI_DIGIT.search(translation):
            yield "has Bengali digits in its translation; this site writes 0 to 9"
        if translation != unicodedata.normalize("NFC", translation):
            yield "is not in Unicode's normal form NFC; run the command without --check"


def _translated(entry: polib.POEntry) -> bool:
    return all(entry.msgstr_plural.values()) if entry.msgid_plural else bool(entry.msgstr)


def _key(entry: polib.POEntry) -> Key:
    return (entry.msgctxt, entry.msgid, entry.msgid_plural or "")


def _short(text: str) -> str:
    return f"“{text if len(text) <= 60 else text[:59] + '…'}”"


def _replace(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as new:
        new.write(content)
    Path(new.name).chmod(0o644)
    os.replace(new.name, path)  # noqa: PTH105
