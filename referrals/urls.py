"""Addresses of the practitioner's side. Those of the questions follow from the journey's declaration."""

from django.urls import URLPattern, path

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
        route = f"drafts/<uuid:referral_id>/{place}{step.slug}"
        patterns.append(path(route, question.question, {"slug": step.slug}, name=step.slug))
    return patterns


#: A corrected version of what was shared, which is edited on the pages of a draft.
CORRECTION = "cases/<uuid:referral_id>/risk-information/corrected/<uuid:correction_id>"

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
    path("drafts/<uuid:referral_id>/", drafts.tasks, name="tasks"),
    path("drafts/<uuid:referral_id>/resume", drafts.resume, name="resume"),
    path("drafts/<uuid:referral_id>/delete", drafts.delete, name="delete_draft"),
    path("drafts/<uuid:referral_id>/refresh", drafts.refresh, name="refresh_person"),
    path("drafts/<uuid:referral_id>/same-person", person.person_of_draft, name="person_of_draft"),
    path("drafts/<uuid:referral_id>/risk-information", risk.risk_information, name="risk_information"),
    path("drafts/<uuid:referral_id>/risk-information/edit", risk.risk_edit, name="risk_edit"),
    path("drafts/<uuid:referral_id>/risk-information/newer", risk.risk_take_newer, name="risk_take_newer"),
    path("drafts/<uuid:referral_id>/risk-information/<slug:slug>", risk.risk_section, name="risk_section"),
    path("drafts/<uuid:referral_id>/practitioner", practitioner.practitioner, name="practitioner"),
    path("drafts/<uuid:referral_id>/practitioner/pull", practitioner.pull_again, name="practitioner_pull"),
    path(
        "drafts/<uuid:referral_id>/practitioner/<slug:detail>",
        practitioner.change,
        name="practitioner_change",
    ),
    path(
        "drafts/<uuid:referral_id>/practitioner/<slug:detail>/delete",
        practitioner.delete,
        name="practitioner_delete",
    ),
    path(
        "drafts/<uuid:referral_id>/sensitive-details",
        sensitive_details.sensitive_details,
        name="sensitive_details",
    ),
    *questions(),
    path("drafts/<uuid:referral_id>/check-answers", sending.check_answers, name="check_answers"),
    path("drafts/<uuid:referral_id>/preview", sending.preview, name="preview"),
    path("drafts/<uuid:referral_id>/send", sending.send, name="send"),
    path("drafts/<uuid:referral_id>/sent", sending.sent, name="sent"),
    path("cases/", case_lists.cases, name="cases"),
    path("cases/lists/<slug:which>", case_lists.case_list, name="case_list"),
    path("needs/<slug:need>/mark-seen", home.mark_seen, name="mark_seen"),
    path("cases/open", cases.open_by_crn, name="open_by_crn"),
    path("cases/<uuid:referral_id>/", cases.case, name="case"),
    path("cases/<uuid:referral_id>/same-person", person.same_person, name="same_person"),
    # The pages of a case, between which its navigation leads.
    path("cases/<uuid:referral_id>/progress", progress.progress, name="case_progress"),
    path("cases/<uuid:referral_id>/case-notes", case_notes.case_notes, name="case_notes"),
    path("cases/<uuid:referral_id>/case-notes/add", case_notes.add_case_note, name="add_case_note"),
    path("cases/<uuid:referral_id>/case-notes/<uuid:note_id>", case_notes.case_note, name="case_note"),
    path("cases/<uuid:referral_id>/questions", asked.questions, name="case_questions"),
    path("cases/<uuid:referral_id>/questions/<uuid:question_id>", asked.answer, name="answer_question"),
    # Changing what was sent, and what was changed.
    path("cases/<uuid:referral_id>/change/<slug:item>", amending.change_case, name="change_case"),
    path(
        "cases/<uuid:referral_id>/services/<int:category_id>/change/<slug:item>",
        amending.change_case,
        name="change_case_service",
    ),
    path("cases/<uuid:referral_id>/changes", changes.changes, name="case_changes"),
    path("cases/<uuid:referral_id>/changes/<uuid:change_id>", changes.change, name="case_change"),
    path("cases/<uuid:referral_id>/records", records.records, name="case_records"),
    path("cases/<uuid:referral_id>/openings", openings.openings, name="case_openings"),
    # What was shared about risk: corrected, recalled.
    path("cases/<uuid:referral_id>/risk-information/correct", correcting.correct_risk, name="correct_risk"),
    path(f"{CORRECTION}/", correcting.correction, name="correction"),
    path(f"{CORRECTION}/edit", risk.risk_edit, name="correction_edit"),
    path(f"{CORRECTION}/newer", risk.risk_take_newer, name="correction_newer"),
    path(f"{CORRECTION}/compare", correcting.compare_correction, name="compare_correction"),
    path(f"{CORRECTION}/delete", correcting.delete_own_correction, name="delete_correction"),
    path(f"{CORRECTION}/<slug:slug>", risk.risk_section, name="correction_section"),
    path("cases/<uuid:referral_id>/risk-information/recall", recalling.recall, name="recall_risk"),
    # The disclosure record, of the case and of the person.
    path("cases/<uuid:referral_id>/disclosures", disclosures.disclosures, name="case_disclosures"),
    path(
        "cases/<uuid:referral_id>/disclosures/download",
        disclosures.download_disclosures,
        name="download_disclosures",
    ),
    path(
        "cases/<uuid:referral_id>/same-person/disclosures",
        disclosures.person_disclosures,
        name="person_disclosures",
    ),
    path(
        "cases/<uuid:referral_id>/same-person/disclosures/download",
        disclosures.download_person_disclosures,
        name="download_person_disclosures",
    ),
    # Appointments, to read.
    path(
        "cases/<uuid:referral_id>/appointments/<uuid:appointment_id>",
        appointments.appointment,
        name="case_appointment",
    ),
    # The action plan and the end, to follow, to ask for, and to read.
    path("cases/<uuid:referral_id>/action-plan", action_plans.action_plan, name="case_action_plan"),
    path(
        "cases/<uuid:referral_id>/action-plan/<int:number>",
        action_plans.action_plan_version,
        name="case_action_plan_version",
    ),
    path(
        "cases/<uuid:referral_id>/action-plan/ask-for-change",
        action_plans.ask_for_change,
        name="ask_for_plan_change",
    ),
    path(
        "cases/<uuid:referral_id>/end-of-service-report",
        supplier_reports.end_of_service_report,
        name="case_end_of_service_report",
    ),
    path("cases/<uuid:referral_id>/pauses", supplier_reports.pauses, name="case_pauses"),
    path(
        "cases/<uuid:referral_id>/practitioner",
        new_practitioner.accept_practitioner,
        name="accept_practitioner",
    ),
    # The CRN, once nDelius no longer has it.
    path("cases/<uuid:referral_id>/crn", correct_crn.enter_crn, name="enter_crn"),
    path("cases/<uuid:referral_id>/crn/check", correct_crn.check_crn, name="check_crn"),
    path("cases/<uuid:referral_id>/end", ending.end_case, name="end_case"),
]
