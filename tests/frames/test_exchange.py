"""A document becomes a frame of the organisation, and is asked only when that is said."""

from dataclasses import replace

import pytest
from django.utils.translation import override

from musling.activity.models import Activity
from musling.foundation.problems import Refused
from musling.frames import standard
from musling.frames.actions import adopt_standard
from musling.frames.exchange import import_frame
from musling.frames.models import Frame, FrameVersion
from musling.frames.parsing import parse
from musling.frames.queries import document_of, in_use
from tests.frames.test_document import both, put, small
from tests.people.workplace import Workplace

pytestmark = pytest.mark.django_db
SHORT, LONG = standard.load("mus-short"), standard.load("mus-six-topics")


def test_it_comes_in_as_a_version_that_nobody_is_asked_yet() -> None:
    work = Workplace()
    hr = work.hr()
    used = adopt_standard(hr, name="mus-municipality", kind="mus")
    version = import_frame(hr, document=SHORT, kind="mus", note="Fra Sandvig")
    assert (version.number, version.note) == (1, "Fra Sandvig")
    assert (version.frame.name, version.frame.taken_at) == ("Kort samtale", None)
    assert document_of(version.content) == SHORT
    assert in_use(work.organisation.pk, "mus") == used
    assert Activity.objects.filter(verb="frame.published", object_id=version.pk).count() == 1


def test_the_same_twice_changes_nothing_and_another_is_the_next_version() -> None:
    work = Workplace()
    hr = work.hr()
    first = import_frame(hr, document=SHORT, kind="mus", name="Vores")
    assert import_frame(hr, document=SHORT, kind="mus", name=" Vores ") == first
    second = import_frame(hr, document=LONG, kind="mus", name="Vores")
    assert (second.frame_id, second.number) == (first.frame_id, 2)
    elsewhere = import_frame(hr, document=LONG, kind="mus_bpa", name="Vores")
    assert elsewhere.frame_id != first.frame_id


def test_it_is_used_where_that_is_said_and_then_not_changed_by_the_way() -> None:
    work = Workplace()
    hr = work.hr()
    used = import_frame(hr, document=SHORT, kind="mus", name="Vores", use=True)
    assert in_use(work.organisation.pk, "mus") == used
    with override("en"), pytest.raises(Refused, match="“Vores” is in use"):
        import_frame(hr, document=LONG, kind="mus", name="Vores")
    assert in_use(work.organisation.pk, "mus") == used
    assert FrameVersion.objects.count() == 1
    import_frame(hr, document=SHORT, kind="mus", name="Vores")  # says the same
    newer = import_frame(hr, document=LONG, kind="mus", name="Vores", use=True)
    assert in_use(work.organisation.pk, "mus") == newer


def test_a_standard_frame_of_the_same_name_stays_what_it_is() -> None:
    work = Workplace()
    hr = work.hr()
    adopted = adopt_standard(hr, name="mus-short", kind="mus")
    changed = parse(put(small(), ("title",), both("Kort samtale")))
    import_frame(hr, document=changed, kind="mus")
    assert in_use(work.organisation.pk, "mus") == adopted
    assert Frame.objects.filter(name="Kort samtale").count() == 2


@pytest.mark.parametrize("too_long", [{"name": "a" * 121}, {"note": "a" * 301}, {"name": "  "}])
def test_what_does_not_fit_is_refused(too_long) -> None:
    with pytest.raises(Refused):
        import_frame(Workplace().hr(), document=SHORT, kind="mus", **too_long)
    assert not Frame.objects.exists()


def test_one_organisations_frame_is_not_anothers() -> None:
    here, there = Workplace("havneby"), Workplace("sandvig")
    mine = import_frame(here.hr(), document=SHORT, kind="mus")
    theirs = import_frame(there.hr(), document=LONG, kind="mus", name="Kort samtale")
    assert mine.frame_id != theirs.frame_id
    assert (mine.number, theirs.number) == (1, 1)


def test_what_an_organisation_cannot_write_itself_is_refused() -> None:
    first = SHORT.themes[0]
    shadow = replace(SHORT, themes=(replace(first, id="theme-2027-1a"), *SHORT.themes[1:]))
    claimed = replace(SHORT, themes=(replace(first, added_by="team"), *SHORT.themes[1:]))
    hr = Workplace().hr()
    for document in (shadow, claimed):
        with pytest.raises(Refused, match=r"themes\[0\]"):
            import_frame(hr, document=document, kind="mus")
    assert not Frame.objects.exists()
