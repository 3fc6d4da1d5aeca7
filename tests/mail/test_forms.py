"""Forms that are kept: what is filled in is what would have been rendered for this reader."""

import pytest

from musling.conversations.models import State
from musling.foundation import clock
from musling.mail import wording
from musling.mail.letters import Letter, compose
from musling.organisations.models import Organisation
from musling.rounds import five_steps
from musling.rounds.models import Round, Step
from tests.mail.post import Post, deliver
from tests.mail.test_catalogue import EVERY_MAIL, IDS, Mail, written
from tests.rounds.evaluation.evaluating import make_round

SIGNE = "signe@havneby.example"


@pytest.fixture(autouse=True)
def _no_forms() -> None:
    wording._forms.clear()


@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize(("verb", "mail"), EVERY_MAIL, ids=IDS)
def test_a_form_filled_in_reads_as_if_it_was_rendered_for_the_reader(
    post: Post, monkeypatch: pytest.MonkeyPatch, verb: str, mail: Mail, language: str
) -> None:
    letters: list[Letter] = []
    real = compose

    def caught(letter: Letter) -> object:
        letters.append(letter)
        return real(letter)

    monkeypatch.setattr("tests.mail.test_catalogue.compose", caught)
    filled_in = written(post, verb, mail, language)
    if mail.link == "activation":
        return  # its code is another each time
    monkeypatch.setattr(wording, "_kept", lambda *_given: None)
    rendered = compose(letters[0])
    assert type(rendered) is not type(filled_in) or mail.calendar
    assert (filled_in.subject, filled_in.body) == (rendered.subject, rendered.body)


def offered_in(post: Post, row: Round) -> str:
    """The mail to the employee that a talk is offered, in that round."""
    post.note("conversation.offered_in_round", round=row.pk)
    (mail,) = deliver()
    return mail.body


def test_each_round_and_each_organisation_has_words_of_its_own(post: Post) -> None:
    place = post.work.organisation
    first, second, third = (
        make_round(place, name=f"{n}", leader_word=word)
        for n, word in enumerate(("", "tillidsmand", ""))
    )
    Step.objects.create(
        organisation=place,
        round=third,
        number=five_steps.EMPLOYEES,
        due_on=clock.today(),
        texts={"da": "Egne ord."},
    )
    post.talk.state = State.OFFERED
    post.talk.save()
    bodies = [offered_in(post, row) for row in (first, second, third, first)]
    assert bodies[0] == bodies[3]
    assert len(set(bodies)) == 3
    assert "Egne ord." in bodies[2]
    Organisation.objects.filter(pk=place.pk).update(talk_name="Udviklingssamtale")
    assert "Udviklingssamtale" in offered_in(post, first)
    Organisation.objects.filter(pk=place.pk).update(name="Nyborg")
    assert "Nyborg" in offered_in(post, first)


def test_what_is_kept_names_nobody_and_no_talk(post: Post) -> None:
    post.note("paper.confirmed")
    assert len(deliver()) == 1
    (form,) = wording._forms.values()
    assert form is not None
    kept = b"".join(form.whole) + "".join(form.text[0::2]).encode()
    for secret in (SIGNE, "Signe", "Lars", str(post.talk.public_id), "2027"):
        assert secret.encode() not in kept


def test_words_that_look_like_a_mark_stay_what_they_are(post: Post) -> None:
    Organisation.objects.filter(pk=post.work.organisation.pk).update(
        name="A ⟪nobody⟫ B", talk_name="⟪times9⟫"
    )
    post.note("paper.confirmed")
    (mail,) = deliver()
    assert "A ⟪nobody⟫ B" in mail.body
    assert b"A \xe2\x9f\xaanobody" in mail.message().as_bytes()


def test_forms_are_not_kept_without_end(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wording, "KEPT", 3)
    for n in range(5):
        Organisation.objects.filter(pk=post.work.organisation.pk).update(name=f"Nr. {n}")
        post.note("paper.confirmed")
        (mail,) = deliver()
        assert f"Nr. {n}" in mail.body
        assert len(wording._forms) <= 3
