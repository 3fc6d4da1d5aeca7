"""Addresses of the frames."""

from django.urls import path

from musling.web.frames import (
    drafts,
    elements,
    fit,
    from_paper,
    history,
    picking,
    previews,
    publishing,
    standard,
    team,
    views,
)

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
    path(
        "team/asked/<public:unit>/<slug:talk_kind>/pick/",
        team.team_asked_pick,
        name="team-asked-pick",
    ),
    path("talks/<public:public_id>/fit/pick/", fit.talk_fit_pick, name="talk-fit-pick"),
    path("talks/<public:public_id>/asked/", fit.talk_asked, name="talk-asked"),
    path("talks/<public:public_id>/fit/", fit.talk_fit, name="talk-fit"),
    path("talks/<public:public_id>/fit/seen/", fit.talk_fit_seen, name="talk-fit-seen"),
    path("frames/new/", drafts.begin, name="frame-new"),
    path("frames/read/", from_paper.read_form, name="frame-read"),
    path("frames/drafts/<public:draft_id>/back/", from_paper.back, name="draft-back"),
    path("frames/drafts/<public:draft_id>/", drafts.draft, name="draft"),
    path("frames/drafts/<public:draft_id>/do/", drafts.do, name="draft-do"),
    path("frames/drafts/<public:draft_id>/publish/", publishing.publish, name="draft-publish"),
    path("frames/drafts/<public:draft_id>/away/", drafts.throw_away, name="draft-away"),
    path("frames/drafts/<public:draft_id>/preview/", previews.preview, name="draft-preview"),
    path("frames/drafts/<public:draft_id>/phone/", previews.phone, name="draft-phone"),
    path("frames/drafts/<public:draft_id>/<str:side>.pdf", previews.on_paper, name="draft-paper"),
    path("frames/drafts/<public:draft_id>/frame/", elements.frame, name="draft-frame"),
    path("frames/drafts/<public:draft_id>/themes/", elements.add_theme, name="draft-add-theme"),
    path(
        "frames/drafts/<public:draft_id>/themes/<str:theme_id>/", elements.theme, name="draft-theme"
    ),
    path(
        "frames/drafts/<public:draft_id>/themes/<str:theme_id>/add/",
        elements.add_item,
        name="draft-add-item",
    ),
    path(
        "frames/drafts/<public:draft_id>/themes/<str:theme_id>/pick/",
        picking.pick,
        name="draft-catalogue",
    ),
    path("frames/drafts/<public:draft_id>/items/<str:item_id>/", elements.item, name="draft-item"),
    path("frames/<public:version_id>/", views.frame, name="frame"),
    path("frames/<public:version_id>/history/", history.history, name="frame-history"),
    path("frames/<public:version_id>/edit/", drafts.edit, name="frame-edit"),
    path("frames/<public:version_id>/take/", history.take, name="frame-take"),
    path("frames/<public:version_id>/retire/", history.retire, name="frame-retire"),
    path("frames/<public:version_id>/<str:side>.pdf", views.frame_pdf, name="frame-pdf"),
    path("frames/<public:version_id>/<str:side>.docx", views.frame_docx, name="frame-docx"),
    path("frames/<public:version_id>/frame.toml", views.frame_file, name="frame-file"),
]
