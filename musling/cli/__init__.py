"""The musling command, demo data and benches: thin, they call actions and queries."""
