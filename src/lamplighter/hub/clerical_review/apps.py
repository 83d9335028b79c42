from django.apps import AppConfig


class ClericalReviewConfig(AppConfig):
    name = "lamplighter.hub.clerical_review"
    label = "clerical_review"
    work_list = "lamplighter.hub.clerical_review.work"
