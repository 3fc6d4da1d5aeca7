"""The URL table: log-in outside, everything else inside an organisation."""

from django.urls import include, path

urlpatterns = [
    path("account/", include("musling.identity.urls")),
    path("", include("musling.web.urls")),
]

handler400 = "musling.web.errors.bad_request"
handler403 = "musling.web.errors.forbidden"
handler404 = "musling.web.errors.not_there"
handler500 = "musling.web.errors.broken"
