"""Who is who across the police forces of a country, and who may see what of it?"""
