"""Importing lists: upload, look at what would change, say yes, see what came of it."""

import logging
from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from musling.foundation.actor import Actor
from musling.foundation.problems import NotThere
from musling.gate import rules
from musling.people import import_files
from musling.people.import_files import UnreadableFile
from musling.people.import_folder import PEOPLE, UNITS, ImportFolder
from musling.people.import_runs import (
    APPLY,
    CHECK,
    MOST_REJECTED_SHOWN,
    imports_of,
    start_check,
    start_import,
)
from musling.web.forms import DkfdsForm
from musling.web.staff.csv_files import csv_file
from musling.web.staff.reorganised import reorganised_by
from musling.web.staff.saving import posted, slug_of
from musling.web.staff.upload_limit import had_no_room, was_too_large
from musling.work.models import Run

ACCEPTED = ".csv,.txt,.xlsx"
OUTCOMES = (
    ("created", gettext_lazy("New")),
    ("updated", gettext_lazy("Changed")),
    ("unchanged", gettext_lazy("As before")),
    ("ended", gettext_lazy("Ended")),
)
NO_ROOM = gettext_lazy(
    "The server has no room for the files. Nothing was imported. Tell those who run Musling at "
    "your workplace; when there is room, upload the files again."
)
log = logging.getLogger("musling.imports")
REJECTED_COLUMNS = ("file", "row", "column", "problem")


def _file(label: Any, help_text: Any) -> forms.FileField:
    return forms.FileField(
        label=label,
        help_text=help_text,
        required=False,
        max_length=200,
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
    )


class UploadForm(DkfdsForm):
    """A list of people, a list of units, or both."""

    people = _file(
        gettext_lazy("People"),
        gettext_lazy("CSV or Excel (.xlsx), at most 25 MB. One row per employment."),
    )
    units = _file(gettext_lazy("Units"), gettext_lazy("CSV or Excel (.xlsx). One row per unit."))

    def clean(self) -> dict[str, Any]:
        """At least one of the two."""
        if not any(self.cleaned_data.get(kind) for kind in (PEOPLE, UNITS)) and not self.errors:
            self.add_error(PEOPLE, _("Choose a file."))
        return self.cleaned_data


class ConfirmForm(DkfdsForm):
    """Where very many would end, somebody says that it is meant."""

    allow_ending = forms.BooleanField(
        label=gettext_lazy("The list is complete: they may end today."), required=False
    )


@rules.role("hr", methods=("GET", "POST"))
def upload(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Takes the files and starts the look at them."""
    form = UploadForm(posted(request), request.FILES if request.method == "POST" else None)
    if was_too_large(request):
        form = UploadForm()
        messages.error(request, _("The files are too large: at most 25 MB each."))
    elif had_no_room(request):
        form = UploadForm()
        messages.error(request, NO_ROOM)
    elif request.method == "POST" and form.is_valid():
        folder = _kept(request, form)
        if folder:
            run = start_check(actor, folder)
            return redirect("import-run", slug_of(request), run.public_id)
    lists = {"people_columns": import_files.PEOPLE, "unit_columns": import_files.UNITS}
    return render(request, "staff/import.html", {"form": form, **lists})


def _kept(request: HttpRequest, form: UploadForm) -> ImportFolder | None:
    """The folder with the files; nothing of it where it says on the page why not."""
    folder = None
    try:
        folder = ImportFolder.make()
        _keep(folder, form.cleaned_data)
    except UnreadableFile as unreadable:
        form.add_error(unreadable.field or PEOPLE, unreadable.message)
    except OSError as full:
        log.error("an upload was not kept: %s", full.strerror)  # noqa: TRY400 (says it all)
        messages.error(request, NO_ROOM)
    else:
        return folder
    if folder:
        folder.remove()
    return None


def _keep(folder: ImportFolder, files: Mapping[str, UploadedFile[bytes] | None]) -> None:
    for kind in (PEOPLE, UNITS):
        file = files.get(kind)
        if file:
            folder.keep(kind, file.name or kind, file.chunks())


def _found(actor: Actor, public_id: str) -> Run:
    run: Run | None = imports_of(actor).filter(public_id=public_id).first()
    if run is None:
        raise NotThere
    return run


@rules.role("hr", methods=("GET", "POST"))
def import_run(request: HttpRequest, actor: Actor, run: str) -> HttpResponse:
    """A look or an import: how far it is, then what would change or what was done."""
    found = _found(actor, run)
    if found.state == Run.State.FAILED:
        return render(request, "staff/import_failed.html", {"run": found, "reason": ""})
    if found.state != Run.State.DONE:
        return render(request, "staff/import_waiting.html", _progress(found))
    folder = ImportFolder(found.arguments["folder"])
    told = folder.told(found.name)
    if told is None or "refused" in told:
        reason = told["refused"] if told else _("This is more than a day old and not kept.")
        return render(request, "staff/import_failed.html", {"run": found, "reason": reason})
    if found.name == CHECK:
        return _confirm(request, actor, found, folder, told)
    return render(request, "staff/import_done.html", _outcome(found, folder, told))


def _confirm(
    request: HttpRequest, actor: Actor, run: Run, folder: ImportFolder, told: dict[str, Any]
) -> HttpResponse:
    """Shows what would change; yes starts it."""
    form = ConfirmForm(posted(request))
    if not run.result["too_many"]:
        del form.fields["allow_ending"]
    if request.method == "POST" and form.is_valid():
        allowed = bool(form.cleaned_data.get("allow_ending"))
        if run.result["too_many"] and not allowed:
            form.add_error("allow_ending", _("Say that they may end, or upload a complete list."))
        else:
            begun = start_import(actor, folder, allow_ending=allowed)
            return redirect("import-run", slug_of(request), begun.public_id)
    return render(request, "staff/import_look.html", {**_outcome(run, folder, told), "form": form})


@rules.role("hr")
def import_progress(request: HttpRequest, actor: Actor, run: str) -> HttpResponse:
    """The bar alone, asked for again and again; tells the page to reload when it is over."""
    found = _found(actor, run)
    response = render(request, "staff/import_progress.html", _progress(found))
    if found.state in {Run.State.DONE, Run.State.FAILED}:
        response["HX-Refresh"] = "true"
    return response


@rules.role("hr")
def import_rejected(request: HttpRequest, actor: Actor, run: str) -> HttpResponse:
    """The rejected rows as a file, to be worked through."""
    found = _found(actor, run)
    told = ImportFolder(found.arguments["folder"]).told(found.name)
    if not told or "rejected" not in told:
        raise NotThere
    columns = (_("File"), _("Row"), _("Column"), _("What is wrong"))
    rows = [[one[name] for name in REJECTED_COLUMNS] for one in told["rejected"]]
    return csv_file("musling-rejected.csv", columns, rows)


def _progress(run: Run) -> dict[str, Any]:
    done, total = ImportFolder(run.arguments["folder"]).how_far()
    text = _("%(done)s of %(total)s rows") % {"done": done, "total": total} if total else ""
    return {"run": run, "writes": run.name == APPLY, "done": done, "total": total, "text": text}


def _outcome(run: Run, folder: ImportFolder, told: dict[str, Any]) -> dict[str, Any]:
    """What the pages of the look and of the result show."""
    return {
        "run": run,
        "files": folder.names(),
        "counts": [
            _counted(run, told, kind) for kind in (PEOPLE, UNITS) if any(run.result[kind].values())
        ],
        "changes": any(
            run.result[kind][outcome]
            for kind in (PEOPLE, UNITS)
            for outcome in ("created", "updated", "ended")
        ),
        "ending": told["ending"],
        "in_force": told["in_force"],
        "rejected": told["rejected"][:MOST_REJECTED_SHOWN],
        "rejected_count": len(told["rejected"]),
        "too_many": run.result["too_many"],
        "reorganised": reorganised_by(told.get("reorganised")),
    }


def _counted(run: Run, told: dict[str, Any], kind: str) -> dict[str, Any]:
    return {
        "heading": _("People") if kind == PEOPLE else _("Units"),
        "sums": [
            {"number": run.result[kind][outcome], "label": label} for outcome, label in OUTCOMES
        ],
        "named": [
            {
                "label": label,
                "names": told[kind].get(outcome, []),
                "more": run.result[kind][outcome] - len(told[kind].get(outcome, [])),
            }
            for outcome, label in OUTCOMES
            if told[kind].get(outcome)
        ],
    }
