"""Addresses of the supplier's side, under /service-provider/."""

from django.urls import path

from monitoring.views import (
    action_plans,
    agenda,
    appointments,
    arranging,
    arranging_several,
    assigning,
    calendar_address,
    case_notes,
    cases,
    changes,
    end_of_service_reports,
    lists,
    pauses,
    performance_reports,
    progress,
    questions,
    reassigning,
)

app_name = "monitoring"
urlpatterns = [
    # Lists of cases.
    path("", lists.all_cases, name="all_cases"),
    path("cases/by-caseworker", lists.by_caseworker, name="by_caseworker"),
    path("cases/caseworker-left", reassigning.cases_of_leavers, name="cases_of_leavers"),
    path("cases/<slug:which>", lists.case_list, name="case_list"),
    # Appointments of a week, and their calendar.
    path("agenda", agenda.agenda, name="agenda"),
    path("agenda/calendar", calendar_address.calendar_address, name="calendar_address"),
    path(
        "agenda/calendar/replace", calendar_address.replace_calendar_address, name="replace_calendar_address"
    ),
    path("agenda/calendar/delete", calendar_address.delete_calendar_address, name="delete_calendar_address"),
    # One case as it was shared.
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
    path("referrals/<uuid:received_id>/changes", changes.changes, name="changes"),
    path("referrals/<uuid:received_id>/changes/<uuid:change_id>", changes.change, name="referral_change"),
    # The action plan.
    path("referrals/<uuid:received_id>/action-plan", action_plans.action_plan, name="action_plan"),
    path(
        "referrals/<uuid:received_id>/action-plan/start",
        action_plans.start_action_plan,
        name="start_action_plan",
    ),
    path(
        "referrals/<uuid:received_id>/action-plan/<int:number>",
        action_plans.action_plan_version,
        name="action_plan_version",
    ),
    path(
        "referrals/<uuid:received_id>/action-plan/<int:number>/edit",
        action_plans.edit_action_plan,
        name="edit_action_plan",
    ),
    path(
        "referrals/<uuid:received_id>/action-plan/<int:number>/activities/add",
        action_plans.add_activity,
        name="add_activity",
    ),
    path(
        "referrals/<uuid:received_id>/action-plan/<int:number>/activities/<uuid:activity_id>",
        action_plans.change_activity,
        name="change_activity",
    ),
    path(
        "referrals/<uuid:received_id>/action-plan/<int:number>/activities/<uuid:activity_id>/remove",
        action_plans.remove_activity,
        name="remove_activity",
    ),
    path(
        "referrals/<uuid:received_id>/action-plan/<int:number>/sessions",
        action_plans.action_plan_sessions,
        name="action_plan_sessions",
    ),
    path(
        "referrals/<uuid:received_id>/action-plan/<int:number>/check",
        action_plans.check_action_plan,
        name="check_action_plan",
    ),
    path(
        "referrals/<uuid:received_id>/action-plan/<int:number>/submitted",
        action_plans.action_plan_submitted,
        name="action_plan_submitted",
    ),
    # The end of service report.
    path(
        "referrals/<uuid:received_id>/end-of-service-report",
        end_of_service_reports.end_of_service_report,
        name="end_of_service_report",
    ),
    path(
        "referrals/<uuid:received_id>/end-of-service-report/start",
        end_of_service_reports.start_end_of_service_report,
        name="start_end_of_service_report",
    ),
    path(
        "referrals/<uuid:received_id>/end-of-service-report/outcomes/<int:place>",
        end_of_service_reports.report_outcome,
        name="report_outcome",
    ),
    path(
        "referrals/<uuid:received_id>/end-of-service-report/further-information",
        end_of_service_reports.report_further_information,
        name="report_further_information",
    ),
    path(
        "referrals/<uuid:received_id>/end-of-service-report/check",
        end_of_service_reports.check_end_of_service_report,
        name="check_end_of_service_report",
    ),
    path(
        "referrals/<uuid:received_id>/end-of-service-report/submitted",
        end_of_service_reports.end_of_service_report_submitted,
        name="end_of_service_report_submitted",
    ),
    # Paused time limits.
    path("referrals/<uuid:received_id>/pauses", pauses.pauses, name="pauses"),
    path("referrals/<uuid:received_id>/pauses/start", pauses.pause_case, name="pause_case"),
    path("referrals/<uuid:received_id>/pauses/<uuid:pause_id>/end", pauses.resume_case, name="resume_case"),
    # Appointments: arranged, changed, recorded, read; the supplier assessment and delivery sessions alike.
    path(
        "referrals/<uuid:received_id>/supplier-assessment/arrange",
        arranging.arrange_assessment,
        name="arrange_assessment",
    ),
    path(
        "referrals/<uuid:received_id>/sessions/arrange",
        arranging_several.arrange_sessions,
        name="arrange_sessions",
    ),
    path(
        "referrals/<uuid:received_id>/sessions/<int:number>/arrange",
        arranging.arrange_session,
        name="arrange_session",
    ),
    *(
        path(f"referrals/<uuid:received_id>/appointments/<uuid:appointment_id>{route}", view, name=name)
        for route, view, name in (
            ("", appointments.appointment, "appointment"),
            ("/calendar", appointments.appointment_calendar, "appointment_calendar"),
            ("/attendance", appointments.attendance, "attendance"),
            ("/feedback", appointments.feedback, "feedback"),
            ("/check-feedback", appointments.check_feedback, "check_feedback"),
        )
    ),
    # Reporting.
    path("reporting", cases.reporting, name="reporting"),
    path("reporting/performance", performance_reports.performance_reports, name="performance_reports"),
    path(
        "reporting/performance/<uuid:report_id>",
        performance_reports.performance_report,
        name="performance_report",
    ),
    path(
        "reporting/performance/<uuid:report_id>/download",
        performance_reports.download_performance_report,
        name="download_performance_report",
    ),
]
