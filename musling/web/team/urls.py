"""Addresses of the leader's team."""

from django.urls import path

from musling.web.team import views

urlpatterns = [
    path("team/", views.team_board, name="team"),
    path("team/invite/", views.invite, name="invite"),
    path("team/plan/<public:employment>/", views.plan, name="plan"),
]
