"""Addresses of evaluations. The form's is the same for everybody, and the answer stands in none."""

from django.urls import path

from musling.web.evaluation import answering, results

urlpatterns = [
    path("evaluation/thanks/", answering.thanks, name="evaluation-thanks"),
    path("evaluation/<public:round_id>/", answering.evaluation, name="evaluation"),
    path("rounds/<public:round_id>/evaluation/", results.overview, name="round-evaluation"),
    path("rounds/<public:round_id>/evaluation/ask/", results.ask, name="round-evaluation-ask"),
    path(
        "rounds/<public:round_id>/evaluation/close/", results.close, name="round-evaluation-close"
    ),
]
