"""The Bengali catalogue is kept in step with the words, checked and compiled."""

import gettext
import io
import os
import sys
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from hubportal import translations
from hubportal.translations import Message


def _project(root: Path, template: str = "", python: str = "") -> Path:
    (root / "templates").mkdir(exist_ok=True)
    (root / "templates" / "page.html").write_text(template, encoding="utf-8")
    (root / "hubs").mkdir(exist_ok=True)
    (root / "hubs" / "words.py").write_text(python, encoding="utf-8")
    return root


def _keys(messages):
    return [message.key for message in messages]


def _entry(msgid, msgstr, **more):
    return polib.POEntry(msgid=msgid, msgstr=msgstr, **more)


def test_messages_of_a_template_are_found_as_django_will_ask_for_them(tmp_path):
    template = """
      {% load i18n %}
      <p>{% translate "It's 50%" %}</p>
          {% translate "May" context "month" %}
      {% blocktranslate trimmed with name=hub.name %}
        Go to
        {{ name }}.
      {% endblocktranslate %}
      {% blocktranslate count minutes=minutes trimmed %}
        {{ minutes }} minute{% plural %}{{ minutes }} minutes
      {% endblocktranslate %}
      {% include "x.html" with text=_("Said elsewhere") only %}
      {# a comment: translate "nothing" #}
    """
    assert _keys(translations.find_messages(_project(tmp_path, template))) == [
        (None, "It's 50%%", ""),
        ("month", "May", ""),
        (None, "Go to %(name)s.", ""),
        (None, "%(minutes)s minute", "%(minutes)s minutes"),
        (None, "Said elsewhere", ""),
    ]


def test_messages_of_python_are_found_with_context_and_plural(tmp_path):
    python = (
        "from django.utils.translation import gettext_lazy as _, ngettext, pgettext_lazy\n"
        'A = _("Plain " "words")\n'
        'B = pgettext_lazy("place", "Bow")\n'
        'def c(n): return ngettext("one hub", "%(n)s hubs", n)\n'
    )
    assert _keys(translations.find_messages(_project(tmp_path, python=python))) == [
        (None, "Plain words", ""),
        ("place", "Bow", ""),
        (None, "one hub", "%(n)s hubs"),
    ]


def test_the_same_words_in_two_files_are_one_message(tmp_path):
    root = _project(tmp_path, '{% translate "Hubs" %}', '_("Hubs")\n')
    assert translations.find_messages(root) == [
        Message("Hubs", files=["hubs/words.py", "templates/page.html"])
    ]


def test_merging_keeps_what_is_translated_and_drops_what_is_unused():
    old = [_entry("Hub", "হাব"), _entry("Weather and rivers", "আবহাওয়া")]
    merged = translations.merge(old, [Message("Hub", files=["a.py"]), Message("Topic", files=["a.py"])])
    assert [(each.msgid, each.msgstr, each.flags) for each in merged] == [
        ("Hub", "হাব", []),
        ("Topic", "", []),
    ]


def test_merging_offers_the_old_translation_of_changed_words_as_a_draft():
    merged = translations.merge(
        [_entry("Find a hub near you", "কাছের হাব")], [Message("Find a hub near you now")]
    )
    assert [(each.msgstr, each.fuzzy) for each in merged] == [("কাছের হাব", True)]


def test_a_draft_stays_a_draft_when_merged_again():
    messages = [Message("Find a hub near you now")]
    once = translations.merge([_entry("Find a hub near you", "কাছের হাব")], messages)
    assert [each.fuzzy for each in translations.merge(once, messages)] == [True]


def test_merging_twice_writes_the_same_file(tmp_path):
    messages = [Message("Hub", files=["a.py"]), Message("one hub", "%(n)s hubs", files=["b.py"])]
    path = tmp_path / "locale" / "django.po"
    translations.write(translations.merge([_entry("Hub", "হাব")], messages), path)
    first = path.read_bytes()
    translations.write(translations.merge(translations.read(path), messages), path)
    assert path.read_bytes() == first


def test_merging_writes_translations_in_normal_form_c():
    merged = translations.merge([_entry("Time", "সম\u09df")], [Message("Time")])
    assert [each.msgstr for each in merged] == ["সম\u09af\u09bc"]


@pytest.mark.parametrize(
    ("words", "translation", "fault"),
    [
        ("Hub", "", "“Hub” is not translated"),
        ("Go to %(name)s", "যান", "“Go to %(name)s” has other placeholders or tags in its translation"),
        ('<a href="%(url)s">Go</a>', "যান", None),
        ("Call <b>now</b>", "এখন <b>কল</b> করুন", ""),
        ("17:00", "১৭:০০", "“17:00” has Bengali digits in its translation; this site writes 0 to 9"),
        ("Time", "সম\u09df", "“Time” is not in Unicode's normal form NFC; run the command without --check"),
        ("%(name)s, %(place)s", "%(place)s, %(name)s", ""),
    ],
)
def test_checking_names_each_fault_of_a_translation(words, translation, fault):
    found = translations.check(polib.POFile(), [])
    assert found == []
    catalogue = polib.POFile()
    catalogue.append(_entry(words, translation))
    if fault is None:
        fault = '“<a href="%(url)s">Go</a>” has other placeholders or tags in its translation'
    assert translations.check(catalogue, [Message(words, files=["a.py"])]) == ([fault] if fault else [])


def test_checking_looks_at_each_plural_form():
    catalogue = polib.POFile()
    forms = {0: "%(n)s হাব", 1: "হাব"}
    catalogue.append(polib.POEntry(msgid="%(n)s hub", msgid_plural="%(n)s hubs", msgstr_plural=forms))
    assert translations.check(catalogue, [Message("%(n)s hub", "%(n)s hubs", files=["a.py"])]) == [
        "“%(n)s hub” has other placeholders or tags in its translation"
    ]


def test_checking_names_words_missing_unused_and_draft():
    catalogue = polib.POFile()
    catalogue.append(_entry("Gone", "গেছে"))
    catalogue.append(_entry("Draft", "পরে", flags=["fuzzy"]))
    messages = [Message("Draft", files=["a.py"]), Message("New", files=["templates/a.html"])]
    assert translations.check(catalogue, messages) == [
        "“New” (templates/a.html) is not in the file",
        "“Gone” is no longer used",
        "“Draft” has a draft translation (fuzzy)",
    ]


def _po_file(tmp_path, catalogue=None):
    path = tmp_path / "bn" / "LC_MESSAGES" / "django.po"
    merged = translations.merge([_entry("Hub", "হাব")], [Message("Hub"), Message("Topic")])
    translations.write(catalogue or merged, path)
    return path


def test_compiling_makes_a_file_that_gettext_reads(tmp_path):
    target = _po_file(tmp_path).with_suffix(".mo")
    assert translations.compile_stale(tmp_path) == [target]
    with target.open("rb") as compiled:
        words = gettext.GNUTranslations(compiled)
    assert [words.gettext("Hub"), words.gettext("Topic")] == ["হাব", "Topic"]


def test_compiling_leaves_drafts_out(tmp_path):
    draft = translations.merge(
        [_entry("Find a hub near you", "কাছের হাব")], [Message("Find a hub near you now")]
    )
    target = _po_file(tmp_path, draft).with_suffix(".mo")
    translations.compile_stale(tmp_path)
    with target.open("rb") as compiled:
        assert (
            gettext.GNUTranslations(compiled).gettext("Find a hub near you now") == "Find a hub near you now"
        )


def test_compiling_again_does_nothing_until_the_source_is_newer(tmp_path):
    source = _po_file(tmp_path)
    translations.compile_stale(tmp_path)
    assert translations.compile_stale(tmp_path) == []
    later = source.with_suffix(".mo").stat().st_mtime_ns + 1_000_000_000
    os.utime(source, ns=(later, later))
    assert translations.compile_stale(tmp_path) == [source.with_suffix(".mo")]


def test_bengali_counts_nothing_and_one_as_singular(tmp_path):
    forms = polib.POEntry(msgid="hub", msgid_plural="hubs", msgstr_plural={0: "এক", 1: "অনেক"})
    source = _po_file(tmp_path, translations.merge([forms], [Message("hub", "hubs")]))
    translations.compile_stale(tmp_path)
    with source.with_suffix(".mo").open("rb") as compiled:
        words = gettext.GNUTranslations(compiled)
    assert [words.ngettext("hub", "hubs", n) for n in (0, 1, 2, 11)] == ["এক", "এক", "অনেক", "অনেক"]


def test_the_catalogue_that_ships_is_complete_and_in_step():
    call_command("messages", "--check", stdout=io.StringIO())


def test_the_check_fails_on_a_catalogue_that_is_not_in_step(tmp_path, settings):
    settings.BASE_DIR = _project(tmp_path, '{% translate "Hubs" %}')
    with pytest.raises(CommandError, match=r"“Hubs” \(templates/page.html\) is not in the file"):
        call_command("messages", "--check")


def test_the_check_changes_nothing(tmp_path, settings):
    settings.BASE_DIR = _project(tmp_path, '{% translate "Hubs" %}')
    with pytest.raises(CommandError):
        call_command("messages", "--check")
    assert not (tmp_path / "locale").exists()


def test_where_babel_is_missing_the_command_says_what_to_install(tmp_path, settings, monkeypatch):
    settings.BASE_DIR = _project(tmp_path, '{% translate "Hubs" %}')
    monkeypatch.setitem(sys.modules, "babel.messages.extract", None)
    with pytest.raises(CommandError, match=r"pip install -r requirements-dev\.txt"):
        call_command("messages")


def test_the_catalogue_is_bengali_in_every_line():
    catalogue = translations.read(settings.BASE_DIR / "locale/bn/LC_MESSAGES/django.po")
    figures_only = {
        "%(weekday)s %(day)s\N{NO-BREAK SPACE}%(month)s",
        "%(date)s %(year)s",
        "%(month)s\N{NO-BREAK SPACE}%(year)s",
        "%(day)s at %(time)s",
        "%(time)s on %(date)s",
    }
    not_bengali = {
        entry.msgid
        for entry in catalogue
        for text in ([entry.msgstr] if entry.msgstr else entry.msgstr_plural.values())
        if not any("\u0980" <= letter <= "\u09ff" for letter in text)
    }
    assert not_bengali == figures_only
