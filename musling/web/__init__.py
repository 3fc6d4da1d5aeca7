"""The site in the browser: a folder per part, templates under the same names."""
