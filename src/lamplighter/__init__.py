"""Lamplighter sees stalking as the pattern it is: separate reports become one explained course of conduct."""
