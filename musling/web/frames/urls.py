"""Addresses of the frames."""

from django.urls import path

from musling.web.frames import fit, standard, team, views

urlpatterns = [
    path("frames/", views.frames, name="frames"),
    path(
        "frames/standard/<str:talk_kind>/<slug:frame_name>/", standard.look, name="frame-standard"
    ),
    path("frames/standard/<str:talk_kind>/<slug:frame_name>/use/", standard.use, name="frame-use"),
    path("frames/teams/", team.frames_teams, name="frames-teams"),
    path("team/asked/", team.team_asked, name="team-asked"),
    path("team/asked/<public:unit>/<slug:talk_kind>/", team.team_asked_of, name="team-asked-of"),
    path(
        "team/asked/<public:unit>/<slug:talk_kind>/seen/",
        team.team_asked_seen,
        name="team-asked-seen",
    ),
    path("talks/<public:public_id>/asked/", fit.talk_asked, name="talk-asked"),
    path("talks/<public:public_id>/fit/", fit.talk_fit, name="talk-fit"),
    path("talks/<public:public_id>/fit/seen/", fit.talk_fit_seen, name="talk-fit-seen"),
    path("frames/<public:version_id>/", views.frame, name="frame"),
]
