"""A draft of the next version of Havneby's frame, begun by HR."""

from musling.frames import drafting
from musling.frames.models import FrameDraft
from musling.frames.queries import document_of, in_use
from tests.cast import Cast


def begun(cast: Cast) -> FrameDraft:
    """The one that there is, or a new one."""
    version = in_use(cast.havneby.pk, "mus")
    assert version is not None
    return drafting.begin_draft(
        cast.hr.actor, kind="mus", document=document_of(version.content), frame=version.frame
    )
