"""Addresses of the practitioner's side. Those of the questions follow from the journey's declaration."""

from django.urls import URLPattern, URLResolver, include, path

from referrals.cases import (
    action_plans,
    amending,
    appointments,
    case_notes,
    changes,
    correct_crn,
    correcting,
    disclosures,
    ending,
    new_practitioner,
    openings,
    person,
    progress,
    recalling,
    records,
    supplier_reports,
)
from referrals.cases import case_list as cases
from referrals.cases import questions as asked
from referrals.desk import case_lists, covering, home
from referrals.desk import drafts as draft_list
from referrals.make_a_referral import MAKE_A_REFERRAL
from referrals.views import (
    drafts,
    person_first,
    practitioner,
    question,
    risk,
    sending,
    sensitive_details,
    starting,
)

app_name = "referrals"


def questions() -> list[URLPattern]:
    """An address for each question page of the journey, named by its slug."""
    patterns = []
    for step, is_per_service in MAKE_A_REFERRAL.declared_steps():
        if step.page.view_name:
            continue
        place = "services/<int:category_id>/" if is_per_service else ""
        route = f"{place}{step.slug}"
        patterns.append(path(route, question.question, {"slug": step.slug}, name=step.slug))
    return patterns


#: Addresses that begin alike are looked at together: a request for another case is not compared with each.
OF_A_DRAFT = [
    path("", drafts.tasks, name="tasks"),
    path("resume", drafts.resume, name="resume"),
    path("delete", drafts.delete, name="delete_draft"),
    path("refresh", drafts.refresh, name="refresh_person"),
    path("same-person", person.person_of_draft, name="person_of_draft"),
    path("risk-information", risk.risk_information, name="risk_information"),
    path("risk-information/edit", risk.risk_edit, name="risk_edit"),
    path("risk-information/newer", risk.risk_take_newer, name="risk_take_newer"),
    path("risk-information/<slug:slug>", risk.risk_section, name="risk_section"),
    path("practitioner", practitioner.practitioner, name="practitioner"),
    path("practitioner/pull", practitioner.pull_again, name="practitioner_pull"),
    path("practitioner/<slug:detail>", practitioner.change, name="practitioner_change"),
    path("practitioner/<slug:detail>/delete", practitioner.delete, name="practitioner_delete"),
    path("sensitive-details", sensitive_details.sensitive_details, name="sensitive_details"),
    *questions(),
    path("check-answers", sending.check_answers, name="check_answers"),
    path("preview", sending.preview, name="preview"),
    path("send", sending.send, name="send"),
    path("sent", sending.sent, name="sent"),
]

#: A corrected version of what was shared, which is edited on the pages of a draft.
OF_A_CORRECTION = [
    path("", correcting.correction, name="correction"),
    path("edit", risk.risk_edit, name="correction_edit"),
    path("newer", risk.risk_take_newer, name="correction_newer"),
    path("compare", correcting.compare_correction, name="compare_correction"),
    path("delete", correcting.delete_own_correction, name="delete_correction"),
    path("<slug:slug>", risk.risk_section, name="correction_section"),
]

OF_A_CASE: list[URLPattern | URLResolver] = [
    path("", cases.case, name="case"),
    path("same-person", person.same_person, name="same_person"),
    # The pages of a case, between which its navigation leads.
    path("progress", progress.progress, name="case_progress"),
    path("case-notes", case_notes.case_notes, name="case_notes"),
    path("case-notes/add", case_notes.add_case_note, name="add_case_note"),
    path("case-notes/<uuid:note_id>", case_notes.case_note, name="case_note"),
    path("questions", asked.questions, name="case_questions"),
    path("questions/<uuid:question_id>", asked.answer, name="answer_question"),
    # Changing what was sent, and what was changed.
    path("change/<slug:item>", amending.change_case, name="change_case"),
    path("services/<int:category_id>/change/<slug:item>", amending.change_case, name="change_case_service"),
    path("changes", changes.changes, name="case_changes"),
    path("changes/<uuid:change_id>", changes.change, name="case_change"),
    path("records", records.records, name="case_records"),
    path("openings", openings.openings, name="case_openings"),
    # What was shared about risk: corrected, recalled.
    path("risk-information/correct", correcting.correct_risk, name="correct_risk"),
    path("risk-information/corrected/<uuid:correction_id>/", include(OF_A_CORRECTION)),
    path("risk-information/recall", recalling.recall, name="recall_risk"),
    # The disclosure record, of the case and of the person.
    path("disclosures", disclosures.disclosures, name="case_disclosures"),
    path("disclosures/download", disclosures.download_disclosures, name="download_disclosures"),
    path("same-person/disclosures", disclosures.person_disclosures, name="person_disclosures"),
    path(
        "same-person/disclosures/download",
        disclosures.download_person_disclosures,
        name="download_person_disclosures",
    ),
    # Appointments, to read.
    path("appointments/<uuid:appointment_id>", appointments.appointment, name="case_appointment"),
    # The action plan and the end, to follow, to ask for, and to read.
    path("action-plan", action_plans.action_plan, name="case_action_plan"),
    path("action-plan/<int:number>", action_plans.action_plan_version, name="case_action_plan_version"),
    path("action-plan/ask-for-change", action_plans.ask_for_change, name="ask_for_plan_change"),
    path("end-of-service-report", supplier_reports.end_of_service_report, name="case_end_of_service_report"),
    path("pauses", supplier_reports.pauses, name="case_pauses"),
    path("practitioner", new_practitioner.accept_practitioner, name="accept_practitioner"),
    # The CRN, once nDelius no longer has it.
    path("crn", correct_crn.enter_crn, name="enter_crn"),
    path("crn/check", correct_crn.check_crn, name="check_crn"),
    path("end", ending.end_case, name="end_case"),
]

urlpatterns = [
    path("", home.home, name="home"),
    path("cover", covering.cover, name="cover"),
    path("cover/stop", covering.stop_covering, name="stop_covering"),
    path("services/<int:contract_id>/refer", starting.start, name="start"),
    path("services/<int:contract_id>/refer/confirm", starting.confirm_person, name="confirm_person"),
    # Person first: the key of somebody who was looked up means something in one web session only.
    path("people/", person_first.find_person, name="find_person"),
    path("people/<uuid:person_key>/", person_first.check_person, name="check_person"),
    path("people/<uuid:person_key>/services/", person_first.services_for_person, name="services_for_person"),
    path(
        "people/<uuid:person_key>/services/<int:contract_id>/",
        person_first.service_for_person,
        name="service_for_person",
    ),
    path("drafts/", draft_list.drafts, name="drafts"),
    path("drafts/<uuid:referral_id>/", include(OF_A_DRAFT)),
    path("cases/", case_lists.cases, name="cases"),
    path("cases/lists/<slug:which>", case_lists.case_list, name="case_list"),
    path("needs/<slug:need>/mark-seen", home.mark_seen, name="mark_seen"),
    path("cases/open", cases.open_by_crn, name="open_by_crn"),
    path("cases/<uuid:referral_id>/", include(OF_A_CASE)),
]
