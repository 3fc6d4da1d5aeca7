"""Addresses of the core task."""

from django.urls import path

from musling.web.core_task import views

urlpatterns = [
    path("core-task/", views.core_task_page, name="core-task"),
    path("core-task/word/", views.word, name="core-task-word"),
    path("core-task/validate/", views.validate, name="core-task-validate"),
    path("core-task/tell/", views.tell, name="core-task-tell"),
    path("core-task/units/<public:unit>/", views.contribution, name="core-task-unit"),
]
