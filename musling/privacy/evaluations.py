"""What was written in evaluations goes by a rule of its own; figures name nobody and stay."""

from collections.abc import Iterator

from musling.foundation import clock
from musling.organisations.models import Organisation
from musling.privacy.batches import in_batches
from musling.privacy.periods import periods_of
from musling.privacy.retention import EVALUATION, earlier
from musling.rounds.evaluation.models import Evaluation


def due() -> Iterator[Evaluation]:
    """Evaluations whose texts have had their time, with the key."""
    for organisation in Organisation.objects.order_by("pk").values_list("pk", flat=True):
        for kind, periods in periods_of(organisation, clock.today()).items():
            over = Evaluation.objects.filter(
                organisation=organisation,
                round__kind=kind,
                closed_at__lte=earlier(clock.now(), EVALUATION, periods),
                text_key__destroyed_at=None,
                text_key__isnull=False,
            )
            for some in in_batches(over.select_related("text_key")):
                yield from some
