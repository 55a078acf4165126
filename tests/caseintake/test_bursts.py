"""What is counted to know bursts: enough to see them, and nothing that says who came or what was said."""

import threading

import pytest

from caseintake.bursts import DAY, HOUR, MINUTE, MOST_SENDERS, Arrivals, Bursts, line_of, network_of

HOSPITAL = "203.0.113.7"
ELSEWHERE = "198.51.100.7"


@pytest.mark.parametrize(
    ("address", "line", "network"),
    [
        ("203.0.113.7", "203.0.113.7/32", "203.0.113.0/24"),
        ("::ffff:203.0.113.7", "203.0.113.7/32", "203.0.113.0/24"),
        ("2001:db8:1:2ff::7", "2001:db8:1:200::/56", "2001:db8:1:200::/56"),
        ("2001:db8:1:300::7", "2001:db8:1:300::/56", "2001:db8:1:300::/56"),
    ],
)
def test_a_line_is_what_one_customer_has_and_a_network_about_one_house(address, line, network):
    assert (line_of(address), network_of(address)) == (line, network)


def test_what_is_taken_in_is_counted_by_line_and_network_within_a_minute_and_an_hour():
    seconds = [float(HOUR * 10)]
    bursts = Bursts(clock=lambda: seconds[0])
    for _ in range(5):
        bursts.took_in(HOSPITAL)
    assert bursts.arrivals(HOSPITAL) == Arrivals(line=6, minute=6, hour=6)
    assert bursts.arrivals("203.0.113.200") == Arrivals(line=1, minute=6, hour=6)
    assert bursts.arrivals(ELSEWHERE) == Arrivals(line=1, minute=1, hour=1)
    seconds[0] += MINUTE * 1.5
    half = Arrivals(line=3, minute=3, hour=6)
    assert bursts.arrivals(HOSPITAL) == half, "half of the minute before is still within reach"
    seconds[0] += MINUTE * 2
    assert bursts.arrivals(HOSPITAL) == Arrivals(line=1, minute=1, hour=6)
    seconds[0] += HOUR * 2
    assert bursts.arrivals(HOSPITAL) == Arrivals(line=1, minute=1, hour=1)


def test_asking_counts_nothing():
    bursts = Bursts(clock=lambda: 0.0)
    assert {bursts.arrivals(HOSPITAL).minute for _ in range(5)} == {1}


def test_senders_are_counted_up_to_a_bound_and_for_a_day():
    seconds = [0.0]
    bursts = Bursts(clock=lambda: seconds[0])
    assert [bursts.senders_of("words", f"person {n}") for n in range(20)][-1] == MOST_SENDERS
    assert bursts.senders_of("other words", "person 1") == 1
    seconds[0] += DAY
    assert bursts.senders_of("words", "person 1") == 1


def test_what_was_counted_is_forgotten_within_a_day():
    seconds = [0.0]
    bursts = Bursts(clock=lambda: seconds[0])
    for n in range(200):
        bursts.took_in(f"203.0.{n}.1")
        bursts.senders_of(f"words {n}", "person")
    seconds[0] += DAY
    bursts.took_in(ELSEWHERE)
    bursts.senders_of("new words", "person")
    assert kept_by(bursts) == 3


def test_the_memory_is_bounded_and_the_oldest_goes_first():
    bursts = Bursts(clock=lambda: 0.0, most=50)
    for n in range(1000):
        bursts.took_in(f"10.{n // 250}.{n % 250}.1")
        bursts.senders_of(f"words {n}", "person")
    assert kept_by(bursts) == 150
    assert bursts.arrivals("10.3.249.1").minute == 2, "the newest is known"
    assert bursts.arrivals("10.0.0.1").minute == 1, "the oldest is not"


def kept_by(bursts):
    return sum(len(part._kept) for part in (bursts._lines, bursts._networks, bursts._senders))


def test_threads_lose_no_count():
    bursts = Bursts(clock=lambda: 0.0)

    def send_some():
        for _ in range(30):
            bursts.took_in(HOSPITAL)

    threads = [threading.Thread(target=send_some) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert bursts.arrivals(HOSPITAL) == Arrivals(line=241, minute=241, hour=241)


def test_a_second_process_has_a_key_of_its_own():
    first, second = Bursts(clock=lambda: 0.0), Bursts(clock=lambda: 0.0)
    for bursts in (first, second):
        bursts.took_in(HOSPITAL)
    assert not set(first._networks._kept) & set(second._networks._kept)
