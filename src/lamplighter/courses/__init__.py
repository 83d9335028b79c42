"""Do these reports make a course of conduct? Named, dated rules, each shown with the occasions that met it."""
