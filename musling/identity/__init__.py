"""The doors of log-in: pages of django-allauth with their gate rules, activation slips."""
