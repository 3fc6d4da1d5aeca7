"""A frame as one file, TOML or JSON: written, and read with the line of every fault.

* ``writing``: from a document to the file, fields in a fixed order.
* ``reading``: from a file to the document; ``toml_lines`` and ``json_lines`` know where in the file
  each part of it stands.

What a file holds is in ``docs/frames-file.md``, and for programs in ``musling/frames/schema.json``.
"""
