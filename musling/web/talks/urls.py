"""Addresses of the talk's path."""

from django.urls import path

from musling.web.talks import offering, preparing, views

urlpatterns = [
    path("talks/", views.talks, name="talks"),
    path("talks/<public:public_id>/", views.talk_page, name="talk"),
    path("talks/<public:public_id>/offer/", offering.offer, name="offer"),
    path("talks/<public:public_id>/answer/", offering.answer, name="answer"),
    path("talks/<public:public_id>/move/", offering.move, name="move"),
    path("talks/<public:public_id>/postpone/", offering.postpone, name="postpone"),
    path("talks/<public:public_id>/call-off/", offering.call_off, name="call-off"),
    path("talks/<public:public_id>/deputy/", offering.deputy, name="deputy"),
    path("talks/<public:public_id>/prepare/", preparing.prepare, name="prepare"),
    path("talks/<public:public_id>/prepare/save/", preparing.save_answers, name="save-answers"),
    path(
        "talks/<public:public_id>/prepare/topics/", preparing.prepare_topics, name="prepare-topics"
    ),
    path("talks/<public:public_id>/prepare/hand-in/", preparing.hand_in, name="hand-in"),
    path(
        "talks/<public:public_id>/prepare/<slug:theme>/",
        preparing.prepare_theme,
        name="prepare-theme",
    ),
]
