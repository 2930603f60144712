"""The other side of institutional sign-in, as processes of their own: the tests start them and sign in there."""
