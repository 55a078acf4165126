"""Who speaks of danger is shown whom to call. Who asks about the illness, even about its end, is not."""

from __future__ import annotations

import pytest

from mesoinfo.danger import Danger, danger_in
from tests.hanging import must_end


@pytest.mark.parametrize(
    "words",
    [
        "suicide",
        "suicidal",
        "kill myself",
        "I can't go on",
        "I cannot go on like this",
        "I cannot bear it any more",
        "I can not bear this anymore",
        "I cant bear the pain",
        "I can't take this any more",
        "I cant take it anymore",
        "We can't cope",
        "I can't do this.",
        "I wish I was dead",
        "I wish I were dead",
        "Sometimes he wishes he had died",
        "I give up",
        "I've given up",
        "I feel like giving up",
        "I want it to be over",
        "I just want it all to end",
        "I'm going to end it",
        "I am going to end it",
        "I want to end it all",
        "She wants to end her life",
        "I will take all his pills",
        "I could take all my pills",
        "He is thinking about taking the whole bottle",
        "I want to die",
        "He does not want to live any more",
        "I don't want to wake up",
        "There is no reason to go on",
        "there's nothing left to live for",
        "You would all be better off without me",
        "I am tired of living",
        "I might hurt myself",
        "how to die",
    ],
)
def test_despair_is_heard(words: str) -> None:
    assert danger_in(words) is Danger.DESPAIR


@pytest.mark.parametrize(
    "words",
    [
        "can't breathe",
        "I cannot breathe",
        "my wife can't breath",
        "He can hardly breathe",
        "I can't catch my breath",
        "he can't get enough air",
        "He has stopped breathing",
        "she is gasping for air",
        "sudden shortness of breath",
        "trouble breathing right now",
        "coughing blood",
        "he is coughing up blood",
        "I coughed up a lot of blood",
        "she is vomiting blood",
        "crushing chest pain",
        "I have a severe pain in my chest",
        "a crushing feeling in my chest",
        "I think I am having a heart attack",
        "My husband passed out",
        "He won't wake up",
        "it won't stop bleeding",
        "overdose",
        "She took all her pills",
        "he has taken too much morphine",
    ],
)
def test_a_body_in_danger_is_heard(words: str) -> None:
    assert danger_in(words) is Danger.BODY


def test_who_speaks_of_both_is_shown_911_first() -> None:
    assert danger_in("I want to die, I can't breathe") is Danger.BODY


@pytest.mark.parametrize(
    "words",
    [
        "I can't go on",
        "I can’t go on",
        "I canʼt go on",
        "I can`t go on",
        "I cant go on",
        "I CAN'T GO ON",
        "I can't\n go  on",
    ],
)
def test_it_is_heard_however_it_is_typed(words: str) -> None:
    assert danger_in(words) is Danger.DESPAIR


def test_it_is_heard_in_the_middle_of_much_else() -> None:
    assert danger_in("My father fell ill in May.\n" * 50 + "I can't go on. " + "He was at sea.\n" * 50)


@pytest.mark.parametrize(
    "words",
    [
        "",
        "how do people die of mesothelioma",
        "what is it like to die of mesothelioma",
        "is my father going to die",
        "my father died",
        "My husband is dying",
        "is it fatal",
        "life expectancy",
        "How long can he live with it?",
        "end of life care",
        "when does the treatment end",
        "Should we end the treatment?",
        "living will",
        "shortness of breath",
        "trouble breathing",
        "chest pain",
        "a cough that will not go away",
        "cough and a blood test",
        "does a cough with blood thinners matter",
        "collapsed lung",
        "I gave up smoking in 1990",
        "I have given up my job",
        "He wants to live at home",
        "I cannot take this with food",
        "I can't stand up for long",
        "I can't take him to the hospital",
        "how many pills a day",
        "Does he have to take the pills at night?",
        "side effects of morphine",
        "Skilled nursing at home",
        "Can I still go on a trip?",
        "I will call the bar association",
        "The pain got better",
        "is there hope",
    ],
)
def test_plain_questions_get_no_warning(words: str) -> None:
    assert danger_in(words) is None


@pytest.mark.parametrize(
    "words", ["cough " * 20_000, "i am just really " * 8_000, "cannot take all this " * 8_000, "'" * 99_999]
)
def test_a_long_text_keeps_nobody_busy(words: str) -> None:
    with must_end():
        danger_in(words)
