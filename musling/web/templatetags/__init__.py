"""Tags of the site's templates, built into every one of them."""
