"""Every view states its rule here; start-up refuses one without."""
