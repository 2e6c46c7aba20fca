"""The bench's arithmetic and its limits; nothing here depends on how fast the machine is."""

import socket
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from bench.client import BadAnswer, Order, Refused, visit
from bench.made_up_postcodes import MOST, made_up_postcodes
from bench.pages import TWINS, against_h0, twin_difference
from bench.processes import ThreadEnded, cpu_between
from bench.ratios import LARGEST_DIFFERENCE, Aim, Spread, difference, percentile, ratio_by_round, spread
from bench.rounds import Figures
from bench.tables import MET, NO_VERDICT, NOT_MET, judge, refuse
from hubs.postcodes import normalise


def test_ratio_taken_round_by_round_ignores_a_machine_that_slows_down():
    assert ratio_by_round([100, 50, 10], [50, 25, 5]) == Spread(2, 2, 2)


def test_ratio_median_and_spread_when_rounds_differ():
    assert ratio_by_round([30, 20, 90], [10, 10, 10]) == Spread(3, 2, 9)


def test_ratio_refused_when_rounds_do_not_pair():
    with pytest.raises(ValueError, match="3 rounds against 2"):
        ratio_by_round([1, 2, 3], [1, 2])


def test_spread_refused_without_rounds():
    with pytest.raises(ValueError, match="no rounds"):
        spread([])


@pytest.mark.parametrize(("share", "expected"), [(0, 1), (0.5, 5), (0.51, 6), (0.9, 9), (0.99, 10), (1, 10)])
def test_percentile_is_the_nearest_rank(share, expected):
    assert percentile([10, 9, 8, 7, 6, 5, 4, 3, 2, 1], share) == expected


def test_difference_is_the_same_whichever_twin_comes_first():
    assert difference([107, 107], [100, 100]) == pytest.approx(0.07)
    assert difference([100, 100], [107, 107]) == pytest.approx(0.07)


def test_difference_within_seven_per_cent_allows_a_verdict():
    assert difference([106.9], [100]) <= LARGEST_DIFFERENCE < difference([107.1], [100])


def _figures(rates: list[float], costs: list[float]) -> Figures:
    return Figures(rates=rates, costs=costs, latencies=[1000])


def test_twins_are_compared_in_cpu_time_and_in_requests_a_second():
    same = _figures([100, 100], [300, 300])
    slower = _figures([90, 90], [300, 300])
    dearer = _figures([100, 100], [330, 330])
    assert twin_difference(dict(zip(TWINS, (same, same), strict=True))) == 0
    assert twin_difference(dict(zip(TWINS, (same, slower), strict=True))) == pytest.approx(1 / 9)
    assert twin_difference(dict(zip(TWINS, (same, dearer), strict=True))) == pytest.approx(0.1)


def test_subject_is_held_against_the_mean_of_both_twins():
    figures = {
        TWINS[0]: _figures([90, 100], [300, 200]),
        TWINS[1]: _figures([110, 100], [500, 200]),
        "page": _figures([200, 150], [400, 400]),
    }
    assert against_h0(figures, "page") == (Spread(1.75, 1.5, 2), Spread(1.5, 1, 2))


@pytest.mark.parametrize(
    ("aim", "verdict"),
    [
        (Aim("speed", 1.5, 1.5, at_least=True), "met"),
        (Aim("speed", 1.49, 1.5, at_least=True), "NOT MET"),
        (Aim("cost", 12, 12), "met"),
        (Aim("cost", 12.1, 12), "NOT MET"),
        (Aim("page that is not there yet", None, 12), "not measured"),
    ],
)
def test_aim_says_whether_it_is_met(aim, verdict):
    assert aim.verdict == verdict


def test_verdict_exit_code_when_all_aims_are_met():
    assert judge([Aim("a", 1, 2), Aim("b", 2, 2)]) == MET == 0


@pytest.mark.parametrize("figure", [3, None])
def test_verdict_exit_code_when_an_aim_is_missed_or_unmeasured(figure):
    assert judge([Aim("a", 1, 2), Aim("b", figure, 2)]) == NOT_MET == 1


def test_verdict_refused_in_plain_words_with_its_own_exit_code(capsys):
    assert refuse("servers", 0.123) == NO_VERDICT == 3
    assert "NO VERDICT: two identical servers differ by 12.3%, more than 7%." in capsys.readouterr().out


def test_cpu_time_counts_threads_that_began_within_the_slice():
    before = {(1, 1): 100, (1, 2): 50}
    assert cpu_between(before, {(1, 1): 160, (1, 2): 50, (7, 7): 5}) == 65


def test_cpu_time_refused_when_a_thread_took_its_count_away():
    with pytest.raises(ThreadEnded):
        cpu_between({(1, 1): 100, (1, 2): 50}, {(1, 1): 160})


def test_made_up_postcodes_are_different_and_in_good_order():
    codes = list(made_up_postcodes(26_000))
    assert len(set(codes)) == 26_000
    assert [normalise(code) for code in codes[::97]] == codes[::97]


def test_made_up_postcodes_last_for_the_whole_country():
    assert MOST > 1_800_000
    with pytest.raises(ValueError, match="at most"):
        made_up_postcodes(MOST + 1)


ORDER = Order(port=9, paths=["/"], seconds=0.1)


@pytest.mark.parametrize(
    "change",
    [
        {"host": "192.0.2.1"},
        {"host": "::ffff:192.0.2.1"},
        {"host": "0.0.0.0"},
        {"paths": []},
        {"count": 0},
        {"count": 100_001},
        {"seconds": 0},
        {"seconds": 10.1},
        {"connections": 17},
    ],
)
def test_client_refuses_other_machines_and_orders_without_bounds(change):
    with pytest.raises(Refused):
        visit(replace(ORDER, **change))


def test_client_refuses_a_host_that_is_a_name():
    with pytest.raises(ValueError, match="localhost"):
        visit(replace(ORDER, host="localhost"))


ANSWERS = {
    "/whole": b'HTTP/1.1 200 OK\r\nETag: "one"\r\nContent-Length: 5\r\n\r\nhello',
    "/missing": b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
    "/unbounded": b"HTTP/1.1 200 OK\r\n\r\nhello",
}


@pytest.fixture
def web_server() -> Iterator[tuple[int, list[bytes]]]:
    """A server of one page at a time that sends each answer in two pieces; yields its port and requests."""
    requests: list[bytes] = []

    def serve(connection: socket.socket) -> None:
        with connection:
            while request := connection.recv(4096):
                requests.append(request)
                answer = ANSWERS[request.split()[1].decode()]
                if b'If-None-Match: "one"' in request:
                    answer = b'HTTP/1.1 304 Not Modified\r\nETag: "one"\r\n\r\n'
                connection.sendall(answer[:20])
                connection.sendall(answer[20:])

    def accept(listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=(connection,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        accepting = threading.Thread(target=accept, args=(listener,), daemon=True)
        accepting.start()
        yield listener.getsockname()[1], requests
        listener.shutdown(socket.SHUT_RDWR)
    accepting.join(5)


def test_client_counts_every_answer_by_status(web_server):
    port, requests = web_server
    outcome = visit(Order(port=port, paths=["/whole", "/missing"], seconds=5, count=10, connections=2))
    assert outcome.statuses == {"200": 5, "404": 5}
    assert len(outcome.latencies) == len(requests) == 10
    assert outcome.bytes_received == 5 * len(ANSWERS["/whole"]) + 5 * len(ANSWERS["/missing"])


def test_client_stops_when_its_time_is_over(web_server):
    port, requests = web_server
    outcome = visit(Order(port=port, paths=["/whole"], seconds=0.05, connections=2))
    assert outcome.statuses == {"200": len(requests)}
    assert outcome.seconds >= 0.05


def test_client_sends_the_etag_back_when_it_revalidates(web_server):
    port, requests = web_server
    outcome = visit(Order(port=port, paths=["/whole"], seconds=5, count=3, revalidate=True))
    assert outcome.statuses == {"304": 3}
    assert [b'If-None-Match: "one"' in request for request in requests] == [False, True, True, True]


def test_client_refuses_an_answer_whose_end_it_cannot_know(web_server):
    port, _ = web_server
    with pytest.raises(BadAnswer, match="without Content-Length"):
        visit(Order(port=port, paths=["/unbounded"], seconds=5, count=1, connections=1))
