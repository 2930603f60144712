"""An OpenID Connect provider: allauth's, with people who say of themselves what a test needs."""

CLIENT_ID, CLIENT_SECRET = "mobility", "a secret between the two"
