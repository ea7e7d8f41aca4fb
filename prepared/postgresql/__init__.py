"""Django's PostgreSQL, told how many values one statement can have when they go apart from it."""
