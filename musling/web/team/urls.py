"""Addresses of the leader's team."""

from django.urls import path

from musling.web.team import inviting, moving, slips, standing_in, views, week

urlpatterns = [
    path("team/", views.team_board, name="team"),
    path("team/invite/", inviting.invite, name="invite"),
    path("team/move/", moving.move_some, name="team-move"),
    path("team/week.pdf", week.team_week, name="team-week"),
    path("team/slips/", slips.team_slips, name="team-slips"),
    path("team/stand-in/", standing_in.stand_in, name="stand-in"),
    path("team/stand-in/<public:stand_in>/end/", standing_in.end, name="stand-in-end"),
    path("team/plan/<public:employment>/", views.plan, name="plan"),
]
