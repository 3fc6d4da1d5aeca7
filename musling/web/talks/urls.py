"""Addresses of the talk's path."""

from django.urls import path

from musling.web.talks import (
    agreements,
    alike,
    documents,
    handed_in,
    joint,
    minutes,
    offering,
    paper,
    preparing,
    releasing,
    room,
    views,
    we_agree,
)

urlpatterns = [
    path("talks/", views.talks, name="talks"),
    path("talks/one-for-all/", joint.one_for_all, name="one-for-all"),
    path("team/one-for-all/<public:joint_id>/", joint.answer, name="one-for-all-answer"),
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
        "talks/<public:public_id>/prepare/<str:theme>/",
        preparing.prepare_theme,
        name="prepare-theme",
    ),
    # The talk room
    path("talks/<public:public_id>/room/", room.room, name="room"),
    path("talks/<public:public_id>/room/news/", room.news, name="room-news"),
    path("talks/<public:public_id>/room/frame/", room.agree_on_frame, name="agree-on-frame"),
    path("talks/<public:public_id>/room/write/", room.write, name="write-minutes"),
    path("talks/<public:public_id>/room/alike/", alike.tick, name="tick-alike"),
    path("talks/<public:public_id>/room/end/", room.end, name="end-talk"),
    path("talks/<public:public_id>/we-agree/", we_agree.we_agree, name="we-agree"),
    path(
        "talks/<public:public_id>/we-agree/<slug:kind>/<public:row>/",
        we_agree.change,
        name="change-agreed",
    ),
    path("talks/<public:public_id>/put-back/", we_agree.put_back, name="put-back"),
    path("talks/<public:public_id>/handed-in/", handed_in.handed_in_page, name="handed-in"),
    path("talks/<public:public_id>/goes-along/", views.goes_along, name="goes-along"),
    # Minutes and signatures
    path("talks/<public:public_id>/minutes/", minutes.minutes, name="minutes"),
    path("talks/<public:public_id>/minutes/send/", minutes.send, name="send-minutes"),
    path("talks/<public:public_id>/minutes/answer/", minutes.answer, name="answer-minutes"),
    path("talks/<public:public_id>/minutes/sign/", minutes.sign, name="sign"),
    path("talks/<public:public_id>/minutes/together/", minutes.sign_together, name="sign-together"),
    path("talks/<public:public_id>/minutes/on-paper/", minutes.sign_on_paper, name="sign-on-paper"),
    # Agreements through the year
    path("agreements/", agreements.agreements, name="agreements"),
    path("agreements/<public:agreement>/", agreements.agreement, name="agreement"),
    path("agreements/<public:agreement>/typed-in/", agreements.typed_in, name="typed-in"),
    path("talks/<public:public_id>/agreements/", agreements.agreements_of, name="agreements-of"),
    path("talks/<public:public_id>/agreements/type-in/", agreements.type_in, name="type-in"),
    # Letting somebody else read
    path("talks/<public:public_id>/releases/", releasing.releases, name="releases"),
    path("releases/<public:release>/agree/", releasing.answer, name="release-agree"),
    path("releases/<public:release>/end/", releasing.end, name="release-end"),
    path("shared/", releasing.shared, name="shared"),
    path("shared/<public:release>.pdf", releasing.shared_pdf, name="shared-pdf"),
    # On paper
    path("talks/<public:public_id>/paper/", paper.paper, name="paper"),
    path("talks/<public:public_id>/minutes.pdf", documents.minutes_pdf, name="minutes-pdf"),
    path("talks/<public:public_id>/agreements.pdf", documents.sheet_pdf, name="agreement-sheet"),
    path("talks/<public:public_id>/empty-sheet.pdf", documents.empty_sheet_pdf, name="empty-sheet"),
    path(
        "talks/<public:public_id>/preparation.pdf",
        documents.preparation_pdf,
        name="preparation-paper",
    ),
]
