"""What somebody wrote and sent after the session had ended is kept for her or him.

Every form carries, beside the CSRF token, for whom it was made (signed: ``author_token``). A post
by somebody logged out that carries it is sealed under a key of its own for half an hour; after
log-in the same person gets it back with one button that sends it again, anybody else makes it go
away. Without the signature nothing is kept, so nobody can put words in another's hands.
"""

import datetime as dt

from django.core import signing
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from musling.foundation import clock
from musling.identity.models import HeldPost
from musling.people.models import Person
from musling.vault import keys

FIELD = "posted_by"
SESSION_KEY = "held_post"
LIFETIME = dt.timedelta(minutes=30)
A_FORM_LIVES = dt.timedelta(days=7)  # so long may a page have lain open
LARGEST = 100_000  # bytes
AT_MOST = 5  # per person
SALT = "musling.identity.held"
NOT_KEPT = {"csrfmiddlewaretoken", FIELD}
# A form that asks for one of these is never held nor shown again: see ``SECRETS`` in its test. What
# is to have no name carries "anonymous" (docs/decisions/0020-evaluation.md).
SECRETS = {"password", "code", "anonymous"}


def author_token(request: HttpRequest) -> str:
    """For whom this page's forms are made, signed; empty for somebody logged out."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return ""
    token: str | None = getattr(request, "author_token", None)
    if token is None:
        token = signing.TimestampSigner(salt=SALT).sign(user.public_id)
        request.author_token = token  # type: ignore[attr-defined]
    return token


def author_of(request: HttpRequest) -> Person | None:
    """Who wrote this post, if it carries a signature of ours that is not too old."""
    try:
        public_id = signing.TimestampSigner(salt=SALT).unsign(
            request.POST.get(FIELD, ""), max_age=A_FORM_LIVES
        )
    except signing.BadSignature:
        return None
    return Person.objects.filter(public_id=public_id, is_active=True).first()


def can_be_kept(request: HttpRequest) -> bool:
    """Whether the post is one that is kept: fields only, not too many, nothing about log-in."""
    return (
        request.method == "POST"
        and request.content_type == "application/x-www-form-urlencoded"
        and len(request.body) <= LARGEST
        and not SECRETS & request.POST.keys()
        and not request.path.startswith("/account/")
        and url_has_allowed_host_and_scheme(request.get_full_path(), allowed_hosts=None)
    )


def fields_of(request: HttpRequest) -> list[tuple[str, str]]:
    """What was typed and chosen, in order, without tokens."""
    return [
        (name, value)
        for name, values in request.POST.lists()
        if name not in NOT_KEPT
        for value in values
    ]


def keep(request: HttpRequest) -> bool:
    """Seals the post for its author and notes it in the session; says whether it did."""
    author = author_of(request) if can_be_kept(request) else None
    if author is None:
        return False
    forget(request)
    older = HeldPost.objects.filter(person=author).order_by("-made_at")
    destroy(list(older[AT_MOST - 1 :]), reason="replaced")
    key = keys.new_key(organisation_id=None, purpose="held post")
    post = HeldPost(person=author, key=key, made_at=clock.now())
    content = {"address": request.get_full_path(), "fields": fields_of(request)}
    post.seal(keys.open_key(key.pk), "content", content)
    post.save()
    request.session[SESSION_KEY] = post.public_id
    return True


def kept_for(request: HttpRequest) -> HeldPost | None:
    """The post that this session holds for whoever is logged in in it now."""
    public_id = request.session.get(SESSION_KEY)
    if not public_id or not request.user.is_authenticated:
        return None
    return HeldPost.objects.filter(
        public_id=public_id, person_id=request.user.pk, made_at__gt=clock.now() - LIFETIME
    ).first()


def content_of(post: HeldPost) -> tuple[str, list[tuple[str, str]]]:
    """The address that was posted to, and the fields."""
    content = post.unseal(keys.open_key(post.key_id), "content")
    return content["address"], [(name, value) for name, value in content["fields"]]


def forget(request: HttpRequest) -> None:
    """Destroys what this session holds, whoever it belongs to."""
    public_id = request.session.pop(SESSION_KEY, None)
    if public_id:
        destroy(list(HeldPost.objects.filter(public_id=public_id)), reason="forgotten")


def destroy(posts: list[HeldPost], *, reason: str) -> None:
    """Destroys these posts: their keys first, then the rows."""
    if posts:
        keys.destroy([post.key for post in posts], reason=f"held post {reason}")
        HeldPost.objects.filter(pk__in=[post.pk for post in posts]).delete()


def destroy_old() -> int:
    """Destroys what nobody came back for within half an hour, 500 at a time; returns how many."""
    old = list(
        HeldPost.objects.filter(made_at__lte=clock.now() - LIFETIME).select_related("key")[:500]
    )
    destroy(old, reason="expired")
    return len(old)
