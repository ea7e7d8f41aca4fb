"""Addresses of the supplier's side, under /service-provider/."""

from django.urls import URLPattern, URLResolver, include, path

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
#: Addresses that begin alike are looked at together: a request for another case is not compared with each.
OF_A_PLAN: list[URLPattern | URLResolver] = [
    path("edit", action_plans.edit_action_plan, name="edit_action_plan"),
    path("activities/add", action_plans.add_activity, name="add_activity"),
    path("activities/<uuid:activity_id>", action_plans.change_activity, name="change_activity"),
    path("activities/<uuid:activity_id>/remove", action_plans.remove_activity, name="remove_activity"),
    path("sessions", action_plans.action_plan_sessions, name="action_plan_sessions"),
    path("check", action_plans.check_action_plan, name="check_action_plan"),
    path("submitted", action_plans.action_plan_submitted, name="action_plan_submitted"),
]

OF_A_CASE: list[URLPattern | URLResolver] = [
    # One case as it was shared.
    path("details", cases.referral_details, name="referral_details"),
    # Who works with the person.
    path("caseworker", assigning.choose_caseworker, name="choose_caseworker"),
    path("caseworker/<int:caseworker_id>", assigning.confirm_caseworker, name="confirm_caseworker"),
    path("caseworker/assigned", assigning.caseworker_assigned, name="caseworker_assigned"),
    # The pages of a case, between which its navigation leads.
    path("progress", progress.progress, name="progress"),
    path("case-notes", case_notes.case_notes, name="case_notes"),
    path("case-notes/add", case_notes.add_case_note, name="add_case_note"),
    path("case-notes/<uuid:note_id>", case_notes.case_note, name="case_note"),
    path("questions", questions.questions, name="questions"),
    path("questions/ask", questions.ask, name="ask_question"),
    path("changes", changes.changes, name="changes"),
    path("changes/<uuid:change_id>", changes.change, name="referral_change"),
    # The action plan.
    path("action-plan", action_plans.action_plan, name="action_plan"),
    path("action-plan/start", action_plans.start_action_plan, name="start_action_plan"),
    path("action-plan/<int:number>", action_plans.action_plan_version, name="action_plan_version"),
    path("action-plan/<int:number>/", include(OF_A_PLAN)),
    # The end of service report.
    path("end-of-service-report", end_of_service_reports.end_of_service_report, name="end_of_service_report"),
    path(
        "end-of-service-report/start",
        end_of_service_reports.start_end_of_service_report,
        name="start_end_of_service_report",
    ),
    path(
        "end-of-service-report/outcomes/<int:place>",
        end_of_service_reports.report_outcome,
        name="report_outcome",
    ),
    path(
        "end-of-service-report/further-information",
        end_of_service_reports.report_further_information,
        name="report_further_information",
    ),
    path(
        "end-of-service-report/check",
        end_of_service_reports.check_end_of_service_report,
        name="check_end_of_service_report",
    ),
    path(
        "end-of-service-report/submitted",
        end_of_service_reports.end_of_service_report_submitted,
        name="end_of_service_report_submitted",
    ),
    # Paused time limits.
    path("pauses", pauses.pauses, name="pauses"),
    path("pauses/start", pauses.pause_case, name="pause_case"),
    path("pauses/<uuid:pause_id>/end", pauses.resume_case, name="resume_case"),
    # Appointments: arranged, changed, recorded, read; the supplier assessment and delivery sessions alike.
    path("supplier-assessment/arrange", arranging.arrange_assessment, name="arrange_assessment"),
    path("sessions/arrange", arranging_several.arrange_sessions, name="arrange_sessions"),
    path("sessions/<int:number>/arrange", arranging.arrange_session, name="arrange_session"),
    *(
        path(f"appointments/<uuid:appointment_id>{route}", view, name=name)
        for route, view, name in (
            ("", appointments.appointment, "appointment"),
            ("/calendar", appointments.appointment_calendar, "appointment_calendar"),
            ("/attendance", appointments.attendance, "attendance"),
            ("/feedback", appointments.feedback, "feedback"),
            ("/check-feedback", appointments.check_feedback, "check_feedback"),
        )
    ),
]

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
    path("referrals/<uuid:received_id>/", include(OF_A_CASE)),
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
