"""What a person chooses for oneself in one organisation."""

from musling.foundation.actor import Actor
from musling.people.models import Person, Profile


def own_profile(actor: Actor) -> Profile:
    """The actor's own profile."""
    return Profile.objects.select_related("organisation").get(pk=actor.profile_id)


def choose_language(*, person_id: int, language: str) -> None:
    """Keeps the language on the log-in, for all its workplaces and for mails."""
    Person.objects.filter(pk=person_id).update(language=language)
