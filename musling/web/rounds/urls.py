"""Addresses of rounds."""

from django.urls import path

from musling.web.rounds import following, leading, people, planning, steps

urlpatterns = [
    path("rounds/", planning.overview, name="rounds"),
    path("rounds/plan/", planning.plan, name="round-plan"),
    path("rounds/help/<public:asked>/", following.answered, name="round-help-answered"),
    path("rounds/<public:round_id>/", following.look, name="round"),
    path("rounds/<public:round_id>/progress/", following.progress, name="round-progress"),
    path("rounds/<public:round_id>/change/", planning.change, name="round-change"),
    path("rounds/<public:round_id>/copy/", planning.copy, name="round-copy"),
    path("rounds/<public:round_id>/remove/", planning.remove, name="round-remove"),
    path("rounds/<public:round_id>/people/", people.look, name="round-people"),
    path("rounds/<public:round_id>/units/", people.cover, name="round-cover"),
    path("rounds/<public:round_id>/left-out/", people.leave_out, name="round-leave-out"),
    path(
        "rounds/<public:round_id>/left-out/<int:left_out>/",
        people.take_in_again,
        name="round-take-in",
    ),
    path("rounds/<public:round_id>/steps/<int:number>/", steps.step, name="round-step"),
    path("rounds/<public:round_id>/steps/<int:number>/do/", steps.do, name="round-step-do"),
    path("rounds/<public:round_id>/close/", steps.close, name="round-close"),
    path("rounds/<public:round_id>/send/", leading.send, name="round-send"),
    path(
        "rounds/<public:round_id>/send/<public:leader>/", following.send_for, name="round-send-for"
    ),
    path("rounds/<public:round_id>/help/", leading.ask_for_help, name="round-help"),
    path("rounds/<public:round_id>/form/", leading.choose_form, name="round-form"),
]
