"""How the service is run: the local stack, and what a real site deploys."""
