"""How pages look: the base template, components, and the glue between Django's forms and them."""
