"""Addresses of what committees decide."""

from django.urls import path

from musling.web.committee import themes, topics

urlpatterns = [
    path("theme/", themes.overview, name="organisation-theme"),
    path("theme/<int:first_year>/", themes.look, name="theme-period"),
    path("theme/<int:first_year>/choose/", themes.choose, name="theme-choose"),
    path("topics/", topics.topics, name="committee-topics"),
    path("topics/pick/", topics.pick, name="topic-pick"),
    path("topics/word/", topics.word, name="topic-word"),
    path("topics/<public:required>/end/", topics.end, name="topic-end"),
]
