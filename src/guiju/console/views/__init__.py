"""Views, one module per noun. Every view carries `guiju.console.access.screen`, except signing in and out."""
