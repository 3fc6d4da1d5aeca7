"""Serves the reference: ``python -m musling.cli.bench.reference PORT PROCESSES``."""

import argparse
import sys

import django

if __name__ == "__main__":
    django.setup()
    from musling.cli.serve import server_of

    port, processes = map(int, sys.argv[1:])
    where = argparse.Namespace(host="127.0.0.1", port=port, workers=processes)
    server_of("musling.cli.bench.reference:application", where).serve()
