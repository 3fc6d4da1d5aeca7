"""Addresses of the leader's team."""

from django.urls import path

from musling.web.team import slips, views

urlpatterns = [
    path("team/", views.team_board, name="team"),
    path("team/invite/", views.invite, name="invite"),
    path("team/slips/", slips.team_slips, name="team-slips"),
    path("team/plan/<public:employment>/", views.plan, name="plan"),
]
