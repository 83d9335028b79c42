"""What did the hub or one of its agencies undertake to do better, by when, and what shows that it did?"""
