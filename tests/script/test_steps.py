import subprocess
import sys

import pytest

from script.steps import ROOT, Step, StepFailed, clean_environment, explain, one_set_up_at_a_time, run


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "source"
    path.write_text("one")
    return path


@pytest.fixture
def step(tmp_path, source):
    def copy():
        with (tmp_path / "copies").open("a") as copies:
            copies.write(source.read_text() + "\n")

    return Step(
        name="Copy",
        mark=tmp_path / "marks" / "copy",
        inputs=(source,),
        action=copy,
        advice="look at the source.",
        outputs=(tmp_path / "copies",),
    )


@pytest.fixture
def copies(tmp_path):
    return lambda: (tmp_path / "copies").read_text().split()


def test_step_done_twice_acts_once(step, copies):
    step.do()
    step.do()
    assert copies() == ["one"]


def test_step_with_changed_input_acts_again(step, source, copies):
    step.do()
    source.write_text("two")
    step.do()
    assert copies() == ["one", "two"]


def test_step_with_renamed_file_in_its_folder_acts_again(tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a").write_text("same")
    step = Step(name="", mark=tmp_path / "mark", inputs=(folder,), action=list, advice="")
    step.do()
    assert step.is_done()
    (folder / "a").rename(folder / "b")
    assert not step.is_done()


def test_step_whose_output_was_deleted_acts_again(step, tmp_path, copies):
    step.do()
    (tmp_path / "copies").unlink()
    step.do()
    assert copies() == ["one"]


@pytest.mark.parametrize("fault", [StepFailed("no"), OSError("no"), KeyboardInterrupt()])
def test_step_that_was_broken_off_is_not_done(tmp_path, fault):
    def action():
        raise fault

    mark = tmp_path / "mark"
    step = Step(name="Break", mark=mark, inputs=(), action=action, advice="try again.")
    mark.write_text("done for something else before")
    with pytest.raises((StepFailed, KeyboardInterrupt)) as caught:
        step.do()
    assert not mark.exists()
    assert getattr(caught.value, "advice", "try again.") == "try again."


def test_run_of_failing_command_keeps_both_its_outputs():
    with pytest.raises(StepFailed) as caught:
        run(sys.executable, "-c", "import sys; print('out', flush=True); sys.exit('err')")
    assert caught.value.output == "out\nerr\n"


def test_run_of_missing_program_names_it():
    with pytest.raises(StepFailed, match=r"^no-such-program --now: No such file or directory$"):
        run("no-such-program", "--now")


def test_run_past_its_time_fails():
    with pytest.raises(StepFailed, match="no end after"):
        run(sys.executable, "-c", "import time; time.sleep(9)", timeout=0.2)


def test_clean_environment_drops_what_would_mislead(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    monkeypatch.setenv("VIRTUAL_ENV", "/elsewhere")
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "elsewhere")
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("HTTPS_PROXY", "kept")
    env = clean_environment(PORT="1")
    misleading = {"PYTHONPATH", "VIRTUAL_ENV", "DJANGO_SETTINGS_MODULE", "PYTHONDONTWRITEBYTECODE"}
    assert misleading & env.keys() == set()
    assert (env["HTTPS_PROXY"], env["PORT"]) == ("kept", "1")


def test_explain_shows_the_last_lines_and_the_advice(capsys):
    output = "\n".join(f"line {number}" for number in range(100))
    explain(StepFailed("pip: exit 1", output=output, advice="look at the network."))
    lines = capsys.readouterr().err.splitlines()
    assert (lines[1], lines[2], lines[-2], lines[-1]) == (
        "FAILED: pip: exit 1",
        "  | line 75",
        "  | line 99",
        "What to do: look at the network.",
    )


def test_second_set_up_waits_and_says_so():
    program = "from script.steps import one_set_up_at_a_time as one\nwith one(): print('in')"
    with one_set_up_at_a_time():
        waiting = subprocess.Popen(
            [sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        assert waiting.stdout.readline().startswith("Another command is setting this clone up")
        assert waiting.poll() is None
    assert waiting.communicate(timeout=20) == ("in\n", None)
