import socket

import pytest

from script.serve import HOST, chosen_port, chosen_server, refuse_taken_port, server_command
from script.steps import StepFailed


@pytest.fixture
def listener():
    with socket.socket() as listening:
        listening.bind((HOST, 0))
        yield listening


def test_chosen_port_without_port_is_8000(monkeypatch):
    monkeypatch.delenv("PORT", raising=False)
    assert chosen_port() == 8000


@pytest.mark.parametrize("text", ["0", "65536", "-1", "80a", "8000 ", "৮০০০"])
def test_chosen_port_that_is_no_port_is_refused(monkeypatch, text):
    monkeypatch.setenv("PORT", text)
    with pytest.raises(StepFailed, match="is not a port"):
        chosen_port()


def test_chosen_server_that_is_unknown_is_refused_with_the_names(monkeypatch):
    monkeypatch.setenv("SERVER", "apache")
    with pytest.raises(StepFailed) as caught:
        chosen_server()
    assert caught.value.advice == "give one of: granian, gunicorn."


def test_port_with_a_listener_is_refused_and_another_one_named(listener):
    listener.listen()
    port = listener.getsockname()[1]
    with pytest.raises(StepFailed, match=f"port {port} is taken") as caught:
        refuse_taken_port(port)
    assert caught.value.advice.startswith("choose another one: PORT=")


def test_port_that_is_bound_but_does_not_answer_is_refused(listener):
    with pytest.raises(StepFailed, match="is taken"):
        refuse_taken_port(listener.getsockname()[1])


def test_free_port_is_accepted(listener):
    port = listener.getsockname()[1]
    listener.close()
    refuse_taken_port(port)


@pytest.mark.parametrize(
    ("server", "address"),
    [("granian", ["--host", HOST, "--port", "8123"]), ("gunicorn", ["--bind", f"{HOST}:8123"])],
)
def test_server_command_listens_on_this_machine_only(server, address):
    command = server_command(8123, server=server)
    start = command.index(address[0])
    assert command[start : start + len(address)] == address
    assert (command[1:3], command[-1]) == (["-m", server], "hubportal.wsgi:application")
