"""Do these reports make a course of conduct? Named, dated rules, each shown with what met it."""
