"""People and their roles: who can do what, appointments, delegations, substitutes (Art. 2)."""
