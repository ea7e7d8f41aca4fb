"""Addresses of the supplier's side, under /service-provider/."""

from django.urls import path

from monitoring.views import assigning, case_notes, cases, progress, questions

app_name = "monitoring"
urlpatterns = [
    path("", cases.all_cases, name="all_cases"),
    path("referrals/<uuid:received_id>/details", cases.referral_details, name="referral_details"),
    # Who works with the person.
    path("referrals/<uuid:received_id>/caseworker", assigning.choose_caseworker, name="choose_caseworker"),
    path(
        "referrals/<uuid:received_id>/caseworker/<int:caseworker_id>",
        assigning.confirm_caseworker,
        name="confirm_caseworker",
    ),
    path(
        "referrals/<uuid:received_id>/caseworker/assigned",
        assigning.caseworker_assigned,
        name="caseworker_assigned",
    ),
    # The pages of a case, between which its navigation leads.
    path("referrals/<uuid:received_id>/progress", progress.progress, name="progress"),
    path("referrals/<uuid:received_id>/case-notes", case_notes.case_notes, name="case_notes"),
    path("referrals/<uuid:received_id>/case-notes/add", case_notes.add_case_note, name="add_case_note"),
    path("referrals/<uuid:received_id>/case-notes/<uuid:note_id>", case_notes.case_note, name="case_note"),
    path("referrals/<uuid:received_id>/questions", questions.questions, name="questions"),
    path("referrals/<uuid:received_id>/questions/ask", questions.ask, name="ask_question"),
    path("reporting", cases.reporting, name="reporting"),
]
