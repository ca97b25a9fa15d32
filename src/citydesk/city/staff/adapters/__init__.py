"""Sign-in by django-allauth, made as strict as the house asks: accounts, second factors, identity providers."""
