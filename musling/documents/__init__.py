"""PDF and Word documents: pure functions from small frozen dataclasses to bytes.

This package knows no models, no persons and no rules of who may read what; who calls it has
asked ``access`` before. Words come in the language that the document names, not the reader's.

* ``agreement_sheet``, ``minutes``, ``activation_slips``, ``preparation_paper``: one document each,
  its dataclasses and the function that makes it; they share ``letterhead`` and ``parties``.
* ``frame_docx`` (with ``word``): the preparation paper as a Word file, to fill in and to change.
* ``typesetting`` (with ``press``, ``letters``, ``templates/`` and ``fonts/``): from data to a
  tagged PDF that claims PDF/A-3a and PDF/UA-1.
* ``seal`` (with ``pades``) and ``certificate``: the installation's electronic seal (PAdES B-B),
  so that a change to a file that left Musling shows.
"""
