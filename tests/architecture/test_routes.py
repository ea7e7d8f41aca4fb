"""Who may open what: every address, read and posted to, by every persona. One table; an address without a row fails.

The setting: ``pp`` has a draft that can be sent and a sent referral, both to Harrowgate Pathways, on whose contract
``sp.caseworker`` and ``sp.manager`` are. The sent one is about X980017, from whom ``pp.barred`` is excluded; nobody
works on it yet. Four more of the same person are further on (``CASE_OF`` says which page is asked about which), and
``sp.caseworker`` has asked for a performance report that is ready.

302 for somebody who is not signed in leads to the sign-in page. 405: the page does not answer this method to anybody.
A post is empty unless ``POSTED`` says otherwise, so 422 and 200 mean that the form came back.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib import admin
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import path, reverse
from django.utils import timezone

from accounts.models import Audience, ServiceNotice, User
from events.models import AuditAction
from monitoring.actions.calendar_feed import make_feed
from monitoring.models import ReceivedReferral
from refer_monitor.admin_site import ServiceAdminSite
from referrals.actions.correct_risk import begin_correction
from referrals.models import Referral
from tests.addresses import PageAddress, addresses
from tests.factories.monitoring_work import (
    a_ready_report,
    delivered,
    ended,
    reported_on,
    rows_in_addresses,
    with_a_caseworker,
)
from tests.factories.referrals import a_declared_draft, a_sent_referral
from tests.personas import BY_KEY, PERSONAS

AsPersona = Callable[[str], Client]
PEOPLE = (
    "pp", "pp.colleague", "pp.barred", "sp.caseworker", "sp.manager", "sp.other", "sp.nogrant", "admin", "anonymous",
)  # fmt: skip

TABLE = """
                                    pp  colleague  barred  caseworker  manager  other  nogrant  admin  anonymous

    Open to everybody: they say nothing about any case
    home                      GET  302     302      302       302        302     302     302     302     302
    home                      POST 302     302      302       302        302     302     302     302     302
    ping                      GET  200     200      200       200        200     200     200     200     200
    ping                      POST 200     200      200       200        200     200     200     200     200
    health                    GET  200     200      200       200        200     200     200     200     200
    health                    POST 200     200      200       200        200     200     200     200     200
    health_start              GET  200     200      200       200        200     200     200     200     200
    health_start              POST 200     200      200       200        200     200     200     200     200
    health_ready              GET  200     200      200       200        200     200     200     200     200
    health_ready              POST 200     200      200       200        200     200     200     200     200
    your_account              GET  200     200      200       200        200     200     200     200     302
    your_account              POST 405     405      405       405        405     405     405     405     302
    change_password           GET  200     200      200       200        200     200     200     200     302
    change_password           POST 422     422      422       422        422     422     422     422     302
    end_session               GET  405     405      405       405        405     405     405     405     302
    end_session               POST 302     302      302       302        302     302     302     302     302
    accounts:sign_in          GET  302     302      302       302        302     302     302     302     200
    accounts:sign_in          POST 422     422      422       422        422     422     422     422     422
    accounts:sign_in_to_demo  GET  405     405      405       405        405     405     405     405     405
    accounts:sign_in_to_demo  POST 404     404      404       404        404     404     404     404     404
    accounts:sign_out         GET  200     200      200       200        200     200     200     200     302
    accounts:sign_out         POST 302     302      302       302        302     302     302     302     302
    sign_in:start             GET  404     404      404       404        404     404     404     404     404
    sign_in:start             POST 405     405      405       405        405     405     405     405     405
    sign_in:callback          GET  404     404      404       404        404     404     404     404     404
    sign_in:callback          POST 405     405      405       405        405     405     405     405     405
    accounts:web_session      GET  200     200      200       200        200     200     200     200     200
    accounts:web_session      POST 200     200      200       200        200     200     200     200     200
    accounts:keep_typed_text  GET  405     405      405       405        405     405     405     405     302
    accounts:keep_typed_text  POST 404     404      404       404        404     404     404     404     302
    accounts:feedback         GET  200     200      200       200        200     200     200     200     200
    accounts:feedback         POST 422     422      422       422        422     422     422     422     422
    accounts:feedback_given   GET  200     200      200       200        200     200     200     200     200
    accounts:feedback_given   POST 200     200      200       200        200     200     200     200     200
    accounts:hide_notice      GET  405     405      405       405        405     405     405     405     302
    accounts:hide_notice      POST 302     302      302       302        302     302     302     302     302
    accounts:help             GET  200     200      200       200        200     200     200     200     200
    accounts:help             POST 200     200      200       200        200     200     200     200     200
    accounts:accessibility    GET  200     200      200       200        200     200     200     200     200
    accounts:accessibility    POST 200     200      200       200        200     200     200     200     200
    accounts:cookies          GET  200     200      200       200        200     200     200     200     200
    accounts:cookies          POST 200     200      200       200        200     200     200     200     200
    accounts:privacy          GET  200     200      200       200        200     200     200     200     200
    accounts:privacy          POST 200     200      200       200        200     200     200     200     200
    notifications:all         GET  200     200      200       200        200     200     200     200     302
    notifications:all         POST 405     405      405       405        405     405     405     405     302
    notifications:mark_all_read GET 405    405      405       405        405     405     405     405     302
    notifications:mark_all_read POST 302   302      302       302        302     302     302     302     302
    notifications:emails      GET  200     200      200       200        200     200     200     200     302
    notifications:emails      POST 422     422      422       422        422     422     422     422     302
    inbox:emails              GET  200     200      200       200        200     200     200     200     200
    inbox:emails              POST 405     405      405       405        405     405     405     405     405

    For whoever holds the secret in the address, signed in or not: here that of sp.caseworker
    calendars:feed            GET  200     200      200       200        200     200     200     200     200
    calendars:feed            POST 405     405      405       405        405     405     405     405     405

    Every practitioner's: the catalogue, starting, their own lists
    interventions:find        GET  200     200      200       403        403     403     403     403     302
    interventions:find        POST 405     405      405       403        403     403     403     403     302
    interventions:detail      GET  200     200      200       403        403     403     403     403     302
    interventions:detail      POST 405     405      405       403        403     403     403     403     302
    referrals:home            GET  200     200      200       403        403     403     403     403     302
    referrals:home            POST 405     405      405       403        403     403     403     403     302
    referrals:start           GET  200     200      200       403        403     403     403     403     302
    referrals:start           POST 302     302      403       403        403     403     403     403     302
    referrals:confirm_person  GET  302     302      302       403        403     403     403     403     302
    referrals:confirm_person  POST 302     302      302       403        403     403     403     403     302
    referrals:find_person           GET  200  200  200  403  403  403  403  403  302
    referrals:find_person           POST 302  302  403  403  403  403  403  403  302
    referrals:check_person          GET  302  302  302  403  403  403  403  403  302
    referrals:check_person          POST 302  302  302  403  403  403  403  403  302
    referrals:services_for_person   GET  302  302  302  403  403  403  403  403  302
    referrals:services_for_person   POST 405  405  405  403  403  403  403  403  302
    referrals:service_for_person    GET  302  302  302  403  403  403  403  403  302
    referrals:service_for_person    POST 302  302  302  403  403  403  403  403  302
    referrals:drafts          GET  200     200      200       403        403     403     403     403     302
    referrals:drafts          POST 422     422      422       403        403     403     403     403     302
    referrals:cases           GET  200     200      200       403        403     403     403     403     302
    referrals:cases           POST 405     405      405       403        403     403     403     403     302
    referrals:case_list       GET  200     200      200       403        403     403     403     403     302
    referrals:case_list       POST 422     422      422       403        403     403     403     403     302
    referrals:mark_seen       GET  405     405      405       403        403     403     403     403     302
    referrals:mark_seen       POST 302     302      302       403        403     403     403     403     302
    referrals:cover           GET  200     200      200       403        403     403     403     403     302
    referrals:cover           POST 422     422      422       403        403     403     403     403     302
    referrals:stop_covering   GET  405     405      405       403        403     403     403     403     302
    referrals:stop_covering   POST 302     302      302       403        403     403     403     403     302
    referrals:open_by_crn     GET  200     200      200       403        403     403     403     403     302
    referrals:open_by_crn     POST 302     302      403       403        403     403     403     403     302

    A draft: its author's, and not found for anybody else
    referrals:tasks           GET  200     404      404       403        403     403     403     403     302
    referrals:tasks           POST 405     405      405       403        403     403     403     403     302
    referrals:person_of_draft GET  200     404      404       403        403     403     403     403     302
    referrals:person_of_draft POST 405     405      405       403        403     403     403     403     302
    referrals:resume          GET  302     404      404       403        403     403     403     403     302
    referrals:resume          POST 405     405      405       403        403     403     403     403     302
    referrals:delete_draft    GET  200     404      404       403        403     403     403     403     302
    referrals:delete_draft    POST 302     404      404       403        403     403     403     403     302
    referrals:refresh_person  GET  405     405      405       405        405     405     405     405     302
    referrals:refresh_person  POST 302     404      404       403        403     403     403     403     302
    referrals:allocation                   GET  200  404   404       403        403     403     403     403     302
    referrals:allocation                   POST 422  404   404       403        403     403     403     403     302
    referrals:current-location             GET  200  404   404       403        403     403     403     403     302
    referrals:current-location             POST 422  404   404       403        403     403     403     403     302
    referrals:practitioner    GET  200     404      404       403        403     403     403     403     302
    referrals:practitioner    POST 302     404      404       403        403     403     403     403     302
    referrals:practitioner_pull     GET  405  405  405       405        405     405     405     405     302
    referrals:practitioner_pull     POST 302  404  404       403        403     403     403     403     302
    referrals:practitioner_change   GET  200  404  404       403        403     403     403     403     302
    referrals:practitioner_change   POST 302  404  404       403        403     403     403     403     302
    referrals:practitioner_delete   GET  200  404  404       403        403     403     403     403     302
    referrals:practitioner_delete   POST 302  404  404       403        403     403     403     403     302
    referrals:back-up-contact GET  200     404      404       403        403     403     403     403     302
    referrals:back-up-contact POST 422     404      404       403        403     403     403     403     302
    referrals:personal-details      GET  200  404   404       403        403     403     403     403     302
    referrals:personal-details      POST 302  404   404       403        403     403     403     403     302
    referrals:risk_information      GET  200  404   404       403        403     403     403     403     302
    referrals:risk_information      POST 422  404   404       403        403     403     403     403     302
    referrals:risk_edit             GET  200  404   404       403        403     403     403     403     302
    referrals:risk_edit             POST 422  404   404       403        403     403     403     403     302
    referrals:risk_take_newer       GET  405  405   405       405        405     405     405     405     302
    referrals:risk_take_newer       POST 302  404   404       403        403     403     403     403     302
    referrals:risk_section          GET  200  404   404       403        403     403     403     403     302
    referrals:risk_section          POST 422  404   404       403        403     403     403     403     302
    referrals:sensitive_details     GET  200  404   404       403        403     403     403     403     302
    referrals:sensitive_details     POST 302  404   404       403        403     403     403     403     302
    referrals:criminogenic-needs    GET  200  404   404       403        403     403     403     403     302
    referrals:criminogenic-needs    POST 422  404   404       403        403     403     403     403     302
    referrals:additional-needs      GET  200  404   404       403        403     403     403     403     302
    referrals:additional-needs      POST 302  404   404       403        403     403     403     403     302
    referrals:accessibility-needs   GET  200  404   404       403        403     403     403     403     302
    referrals:accessibility-needs   POST 302  404   404       403        403     403     403     403     302
    referrals:interpreter           GET  200  404   404       403        403     403     403     403     302
    referrals:interpreter           POST 422  404   404       403        403     403     403     403     302
    referrals:responsibilities      GET  200  404   404       403        403     403     403     403     302
    referrals:responsibilities      POST 422  404   404       403        403     403     403     403     302
    referrals:diversity             GET  200  404   404       403        403     403     403     403     302
    referrals:diversity             POST 302  404   404       403        403     403     403     403     302
    referrals:release                      GET  404  404   404       403        403     403     403     403     302
    referrals:release                      POST 404  404   404       403        403     403     403     403     302
    referrals:main-contact                 GET  404  404   404       403        403     403     403     403     302
    referrals:main-contact                 POST 404  404   404       403        403     403     403     403     302
    referrals:reason-before-allocation     GET  404  404   404       403        403     403     403     403     302
    referrals:reason-before-allocation     POST 404  404   404       403        403     403     403     403     302
    referrals:establishment                GET  404  404   404       403        403     403     403     403     302
    referrals:establishment                POST 404  404   404       403        403     403     403     403     302
    referrals:expected-release-date        GET  404  404   404       403        403     403     403     403     302
    referrals:expected-release-date        POST 404  404   404       403        403     403     403     403     302
    referrals:expected-probation-office    GET  404  404   404       403        403     403     403     403     302
    referrals:expected-probation-office    POST 404  404   404       403        403     403     403     403     302
    referrals:services                     GET  404  404   404       403        403     403     403     403     302
    referrals:services                     POST 404  404   404       403        403     403     403     403     302
    referrals:relevant-sentence     GET  200  404   404       403        403     403     403     403     302
    referrals:relevant-sentence     POST 422  404   404       403        403     403     403     403     302
    referrals:desired-outcomes      GET  200  404   404       403        403     403     403     403     302
    referrals:desired-outcomes      POST 422  404   404       403        403     403     403     403     302
    referrals:complexity-level      GET  200  404   404       403        403     403     403     403     302
    referrals:complexity-level      POST 422  404   404       403        403     403     403     403     302
    referrals:enforceable-days      GET  200  404   404       403        403     403     403     403     302
    referrals:enforceable-days      POST 422  404   404       403        403     403     403     403     302
    referrals:completion-date       GET  200  404   404       403        403     403     403     403     302
    referrals:completion-date       POST 422  404   404       403        403     403     403     403     302
    referrals:reason-for-referral   GET  200  404   404       403        403     403     403     403     302
    referrals:reason-for-referral   POST 422  404   404       403        403     403     403     403     302
    referrals:check_answers         GET  200  404   404       403        403     403     403     403     302
    referrals:check_answers         POST 405  405   405       403        403     403     403     403     302
    referrals:preview               GET  200  404   404       403        403     403     403     403     302
    referrals:preview               POST 405  405   405       403        403     403     403     403     302
    referrals:send                  GET  405  405   405       405        405     405     405     405     302
    referrals:send                  POST 302  404   404       403        403     403     403     403     302

    A sent referral: its sender's (and its person's practitioner's; or opened with a reason, see referrals:open_by_crn)
    referrals:sent            GET  200     404      404       403        403     403     403     403     302
    referrals:sent            POST 405     405      405       403        403     403     403     403     302
    referrals:case            GET  200     404      404       403        403     403     403     403     302
    referrals:case            POST 405     405      405       403        403     403     403     403     302

    The supplier's: to read, and a referral only for those on its contract
    monitoring:all_cases        GET  403   403      403       200        200     200     200     403     302
    monitoring:all_cases        POST 403   403      403       405        405     405     405     403     302
    monitoring:referral_details GET  403   403      403       200        200     404     404     403     302
    monitoring:referral_details POST 403   403      403       405        405     405     405     403     302
    monitoring:reporting        GET  403   403      403       200        200     200     200     403     302
    monitoring:reporting        POST 403   403      403       405        405     405     405     403     302

    Following a sent case: its sender's
    referrals:case_progress                    GET  200  404  404  403  403  403  403  403  302
    referrals:case_progress                    POST 405  405  405  403  403  403  403  403  302
    referrals:case_notes                       GET  200  404  404  403  403  403  403  403  302
    referrals:case_notes                       POST 405  405  405  403  403  403  403  403  302
    referrals:add_case_note                    GET  200  404  404  403  403  403  403  403  302
    referrals:add_case_note                    POST 422  404  404  403  403  403  403  403  302
    referrals:case_note                        GET  200  404  404  403  403  403  403  403  302
    referrals:case_note                        POST 405  405  405  403  403  403  403  403  302
    referrals:case_questions                   GET  200  404  404  403  403  403  403  403  302
    referrals:case_questions                   POST 405  405  405  403  403  403  403  403  302
    referrals:answer_question                  GET  200  404  404  403  403  403  403  403  302
    referrals:answer_question                  POST 422  404  404  403  403  403  403  403  302
    referrals:same_person                      GET  200  404  404  403  403  403  403  403  302
    referrals:same_person                      POST 405  405  405  403  403  403  403  403  302
    referrals:case_openings                    GET  200  404  404  403  403  403  403  403  302
    referrals:case_openings                    POST 405  405  405  403  403  403  403  403  302
    referrals:change_case                      GET  200  404  404  403  403  403  403  403  302
    referrals:change_case                      POST 422  404  404  403  403  403  403  403  302
    referrals:change_case_service              GET  200  404  404  403  403  403  403  403  302
    referrals:change_case_service              POST 422  404  404  403  403  403  403  403  302
    referrals:case_changes                     GET  200  404  404  403  403  403  403  403  302
    referrals:case_changes                     POST 405  405  405  403  403  403  403  403  302
    referrals:case_change                      GET  200  404  404  403  403  403  403  403  302
    referrals:case_change                      POST 405  405  405  403  403  403  403  403  302
    referrals:case_disclosures                 GET  200  404  404  403  403  403  403  403  302
    referrals:case_disclosures                 POST 405  405  405  403  403  403  403  403  302
    referrals:download_disclosures             GET  200  404  404  403  403  403  403  403  302
    referrals:download_disclosures             POST 405  405  405  403  403  403  403  403  302
    referrals:person_disclosures               GET  200  404  404  403  403  403  403  403  302
    referrals:person_disclosures               POST 405  405  405  403  403  403  403  403  302
    referrals:download_person_disclosures      GET  200  404  404  403  403  403  403  403  302
    referrals:download_person_disclosures      POST 405  405  405  403  403  403  403  403  302
    referrals:case_appointment                 GET  200  404  404  403  403  403  403  403  302
    referrals:case_appointment                 POST 405  405  405  403  403  403  403  403  302
    referrals:case_action_plan                 GET  200  404  404  403  403  403  403  403  302
    referrals:case_action_plan                 POST 405  405  405  403  403  403  403  403  302
    referrals:case_action_plan_version         GET  200  404  404  403  403  403  403  403  302
    referrals:case_action_plan_version         POST 405  405  405  403  403  403  403  403  302
    referrals:ask_for_plan_change              GET  200  404  404  403  403  403  403  403  302
    referrals:ask_for_plan_change              POST 422  404  404  403  403  403  403  403  302
    referrals:case_end_of_service_report       GET  200  404  404  403  403  403  403  403  302
    referrals:case_end_of_service_report       POST 405  405  405  403  403  403  403  403  302
    referrals:case_pauses                      GET  200  404  404  403  403  403  403  403  302
    referrals:case_pauses                      POST 405  405  405  403  403  403  403  403  302
    referrals:accept_practitioner              GET  200  404  404  403  403  403  403  403  302
    referrals:accept_practitioner              POST 409  404  404  403  403  403  403  403  302
    referrals:case_records                     GET  200  404  404  403  403  403  403  403  302
    referrals:case_records                     POST 409  404  404  403  403  403  403  403  302
    referrals:correct_risk                     GET  200  404  404  403  403  403  403  403  302
    referrals:correct_risk                     POST 302  404  404  403  403  403  403  403  302
    referrals:correction                       GET  200  404  404  403  403  403  403  403  302
    referrals:correction                       POST 422  404  404  403  403  403  403  403  302
    referrals:correction_edit                  GET  200  404  404  403  403  403  403  403  302
    referrals:correction_edit                  POST 422  404  404  403  403  403  403  403  302
    referrals:correction_section               GET  200  404  404  403  403  403  403  403  302
    referrals:correction_section               POST 422  404  404  403  403  403  403  403  302
    referrals:correction_newer                 GET  405  405  405  405  405  405  405  405  302
    referrals:correction_newer                 POST 302  404  404  403  403  403  403  403  302
    referrals:compare_correction               GET  405  405  405  405  405  405  405  405  302
    referrals:compare_correction               POST 302  404  404  403  403  403  403  403  302
    referrals:delete_correction                GET  200  404  404  403  403  403  403  403  302
    referrals:delete_correction                POST 302  404  404  403  403  403  403  403  302
    referrals:recall_risk                      GET  200  404  404  403  403  403  403  403  302
    referrals:recall_risk                      POST 422  404  404  403  403  403  403  403  302
    referrals:enter_crn                        GET  403  404  404  403  403  403  403  403  302
    referrals:enter_crn                        POST 403  404  404  403  403  403  403  403  302
    referrals:check_crn                        GET  302  404  404  403  403  403  403  403  302
    referrals:check_crn                        POST 302  404  404  403  403  403  403  403  302
    referrals:end_case                         GET  200  404  404  403  403  403  403  403  302
    referrals:end_case                         POST 422  404  404  403  403  403  403  403  302

    The supplier's lists and reports: of their contracts; how much each caseworker has is for managers
    monitoring:by_caseworker                   GET  403  403  403  403  200  403  403  403  302
    monitoring:by_caseworker                   POST 403  403  403  405  405  405  405  403  302
    monitoring:case_list                       GET  403  403  403  200  200  200  200  403  302
    monitoring:case_list                       POST 403  403  403  422  422  422  422  403  302
    monitoring:cases_of_leavers                GET  403  403  403  200  200  200  200  403  302
    monitoring:cases_of_leavers                POST 403  403  403  422  422  422  422  403  302
    monitoring:agenda                          GET  403  403  403  200  200  200  200  403  302
    monitoring:agenda                          POST 403  403  403  405  405  405  405  403  302
    monitoring:calendar_address                GET  403  403  403  200  200  200  200  403  302
    monitoring:calendar_address                POST 403  403  403  302  200  200  200  403  302
    monitoring:replace_calendar_address        GET  403  403  403  200  302  302  302  403  302
    monitoring:replace_calendar_address        POST 403  403  403  200  200  200  200  403  302
    monitoring:delete_calendar_address         GET  403  403  403  200  302  302  302  403  302
    monitoring:delete_calendar_address         POST 403  403  403  302  302  302  302  403  302
    monitoring:performance_reports             GET  403  403  403  200  200  200  200  403  302
    monitoring:performance_reports             POST 403  403  403  422  422  422  422  403  302

    A report that was made: for whoever asked, and not found for anybody else
    monitoring:performance_report              GET  403  403  403  200  404  404  404  403  302
    monitoring:performance_report              POST 403  403  403  405  405  405  405  403  302
    monitoring:download_performance_report     GET  403  403  403  200  404  404  404  403  302
    monitoring:download_performance_report     POST 403  403  403  405  405  405  405  403  302

    The supplier's work on a case: for those on its contract; not found for another provider
    monitoring:choose_caseworker               GET  403  403  403  200  200  404  404  403  302
    monitoring:choose_caseworker               POST 403  403  403  422  422  404  404  403  302
    monitoring:confirm_caseworker              GET  403  403  403  200  200  404  404  403  302
    monitoring:confirm_caseworker              POST 403  403  403  422  422  404  404  403  302
    monitoring:caseworker_assigned             GET  403  403  403  200  200  404  404  403  302
    monitoring:caseworker_assigned             POST 403  403  403  405  405  405  405  403  302
    monitoring:progress                        GET  403  403  403  200  200  404  404  403  302
    monitoring:progress                        POST 403  403  403  405  405  405  405  403  302
    monitoring:case_notes                      GET  403  403  403  200  200  404  404  403  302
    monitoring:case_notes                      POST 403  403  403  405  405  405  405  403  302
    monitoring:add_case_note                   GET  403  403  403  200  200  404  404  403  302
    monitoring:add_case_note                   POST 403  403  403  422  422  404  404  403  302
    monitoring:case_note                       GET  403  403  403  200  200  404  404  403  302
    monitoring:case_note                       POST 403  403  403  405  405  405  405  403  302
    monitoring:questions                       GET  403  403  403  200  200  404  404  403  302
    monitoring:questions                       POST 403  403  403  405  405  405  405  403  302
    monitoring:ask_question                    GET  403  403  403  200  200  404  404  403  302
    monitoring:ask_question                    POST 403  403  403  422  422  404  404  403  302
    monitoring:changes                         GET  403  403  403  200  200  404  404  403  302
    monitoring:changes                         POST 403  403  403  405  405  405  405  403  302
    monitoring:referral_change                 GET  403  403  403  200  200  404  404  403  302
    monitoring:referral_change                 POST 403  403  403  405  405  405  405  403  302
    monitoring:action_plan                     GET  403  403  403  200  200  404  404  403  302
    monitoring:action_plan                     POST 403  403  403  405  405  405  405  403  302
    monitoring:start_action_plan               GET  403  403  403  405  405  405  405  403  302
    monitoring:start_action_plan               POST 403  403  403  302  302  404  404  403  302
    monitoring:action_plan_version             GET  403  403  403  200  200  404  404  403  302
    monitoring:action_plan_version             POST 403  403  403  405  405  405  405  403  302
    monitoring:edit_action_plan                GET  403  403  403  200  200  404  404  403  302
    monitoring:edit_action_plan                POST 403  403  403  405  405  405  405  403  302
    monitoring:add_activity                    GET  403  403  403  200  200  404  404  403  302
    monitoring:add_activity                    POST 403  403  403  422  422  404  404  403  302
    monitoring:change_activity                 GET  403  403  403  200  200  404  404  403  302
    monitoring:change_activity                 POST 403  403  403  422  422  404  404  403  302
    monitoring:remove_activity                 GET  403  403  403  200  200  404  404  403  302
    monitoring:remove_activity                 POST 403  403  403  302  302  404  404  403  302
    monitoring:action_plan_sessions            GET  403  403  403  200  200  404  404  403  302
    monitoring:action_plan_sessions            POST 403  403  403  422  422  404  404  403  302
    monitoring:check_action_plan               GET  403  403  403  200  200  404  404  403  302
    monitoring:check_action_plan               POST 403  403  403  409  409  404  404  403  302
    monitoring:action_plan_submitted           GET  403  403  403  200  200  404  404  403  302
    monitoring:action_plan_submitted           POST 403  403  403  405  405  405  405  403  302
    monitoring:end_of_service_report           GET  403  403  403  200  200  404  404  403  302
    monitoring:end_of_service_report           POST 403  403  403  405  405  405  405  403  302
    monitoring:start_end_of_service_report     GET  403  403  403  405  405  405  405  403  302
    monitoring:start_end_of_service_report     POST 403  403  403  302  302  404  404  403  302
    monitoring:report_outcome                  GET  403  403  403  200  200  404  404  403  302
    monitoring:report_outcome                  POST 403  403  403  422  422  404  404  403  302
    monitoring:report_further_information      GET  403  403  403  200  200  404  404  403  302
    monitoring:report_further_information      POST 403  403  403  422  422  404  404  403  302
    monitoring:check_end_of_service_report     GET  403  403  403  200  200  404  404  403  302
    monitoring:check_end_of_service_report     POST 403  403  403  409  409  404  404  403  302
    monitoring:end_of_service_report_submitted GET  403  403  403  200  200  404  404  403  302
    monitoring:end_of_service_report_submitted POST 403  403  403  405  405  405  405  403  302
    monitoring:pauses                          GET  403  403  403  200  200  404  404  403  302
    monitoring:pauses                          POST 403  403  403  405  405  405  405  403  302
    monitoring:pause_case                      GET  403  403  403  200  200  404  404  403  302
    monitoring:pause_case                      POST 403  403  403  422  422  404  404  403  302
    monitoring:resume_case                     GET  403  403  403  200  200  404  404  403  302
    monitoring:resume_case                     POST 403  403  403  422  422  404  404  403  302
    monitoring:arrange_assessment              GET  403  403  403  200  200  404  404  403  302
    monitoring:arrange_assessment              POST 403  403  403  422  422  404  404  403  302
    monitoring:arrange_sessions                GET  403  403  403  200  200  404  404  403  302
    monitoring:arrange_sessions                POST 403  403  403  422  422  404  404  403  302
    monitoring:arrange_session                 GET  403  403  403  200  200  404  404  403  302
    monitoring:arrange_session                 POST 403  403  403  422  422  404  404  403  302
    monitoring:appointment                     GET  403  403  403  200  200  404  404  403  302
    monitoring:appointment                     POST 403  403  403  405  405  405  405  403  302
    monitoring:appointment_calendar            GET  403  403  403  200  200  404  404  403  302
    monitoring:appointment_calendar            POST 403  403  403  405  405  405  405  403  302
    monitoring:attendance                      GET  403  403  403  200  200  404  404  403  302
    monitoring:attendance                      POST 403  403  403  422  422  404  404  403  302
    monitoring:feedback                        GET  403  403  403  200  200  404  404  403  302
    monitoring:feedback                        POST 403  403  403  422  422  404  404  403  302
    monitoring:check_feedback                  GET  403  403  403  200  200  404  404  403  302
    monitoring:check_feedback                  POST 403  403  403  409  409  404  404  403  302
"""
ROWS = {
    (cells[0], cells[1]): tuple(map(int, cells[2:]))
    for cells in map(str.split, TABLE.splitlines())
    if len(cells) == 2 + len(PEOPLE) and cells[1] in ("GET", "POST")
}
POSTED: dict[str, dict[str, str]] = {
    "referrals:start": {"crn": "X980017"},
    "referrals:find_person": {"crn": "X980017"},
    "referrals:open_by_crn": {"crn": "X980017", "reason": "I cover for a colleague."},
    "referrals:risk_section": {"text": "Longer than may be shared. " * 200},
    "referrals:send": {"left_undecided": "1"},  # what OASys says of suicide
}
#: The sent cases, each at a stage at which some pages can be used.
STAGES: dict[str, Callable[[ReceivedReferral, User], ReceivedReferral]] = {
    "assigned": with_a_caseworker,
    "delivering": delivered,
    "reporting": reported_on,
    "ended": ended,
}
#: Which case a page is asked about; pages of a draft are asked for the draft, and all others for the new case.
CASE_OF = dict.fromkeys(
    ("monitoring:caseworker_assigned", "monitoring:arrange_assessment"),
    "assigned",
) | dict.fromkeys(
    (
        "monitoring:progress", "monitoring:case_note", "monitoring:action_plan", "monitoring:start_action_plan",
        "monitoring:action_plan_version", "monitoring:edit_action_plan", "monitoring:add_activity",
        "monitoring:change_activity", "monitoring:remove_activity", "monitoring:action_plan_sessions",
        "monitoring:check_action_plan", "monitoring:action_plan_submitted", "monitoring:pauses",
        "monitoring:pause_case", "monitoring:resume_case", "monitoring:arrange_session", "monitoring:appointment",
        "monitoring:arrange_sessions",
        "monitoring:appointment_calendar", "monitoring:attendance", "monitoring:feedback",
        "monitoring:check_feedback", "referrals:case_progress", "referrals:case_note",
        "referrals:answer_question", "referrals:case_appointment", "referrals:case_action_plan",
        "referrals:case_action_plan_version", "referrals:ask_for_plan_change", "referrals:case_pauses",
        "referrals:end_case", "referrals:change_case", "referrals:change_case_service", "referrals:case_changes",
        "referrals:case_change", "monitoring:referral_change", "referrals:accept_practitioner",
        "referrals:case_records",
    ),
    "delivering",
) | dict.fromkeys(
    (
        "monitoring:start_end_of_service_report", "monitoring:report_outcome",
        "monitoring:report_further_information", "monitoring:check_end_of_service_report",
    ),
    "reporting",
) | dict.fromkeys(
    (
        "monitoring:end_of_service_report", "monitoring:end_of_service_report_submitted",
        "referrals:case_end_of_service_report",
    ),
    "ended",
)  # fmt: skip
#: Pages of the practitioner's case that is new.
OF_THE_NEW_ONE = (
    "referrals:correct_risk", "referrals:correction", "referrals:correction_edit", "referrals:correction_section",
    "referrals:correction_newer", "referrals:compare_correction", "referrals:delete_correction",
    "referrals:sent", "referrals:case", "referrals:recall_risk", "referrals:case_notes", "referrals:add_case_note",
    "referrals:case_questions", "referrals:case_openings", "referrals:same_person",
    "referrals:case_disclosures", "referrals:download_disclosures", "referrals:person_disclosures",
    "referrals:download_person_disclosures", "referrals:enter_crn", "referrals:check_crn",
)  # fmt: skip
#: Pages of the draft of the action plan; the other pages of versions are asked for the one in force.
OF_THE_PLAN_DRAFT = (
    "monitoring:edit_action_plan", "monitoring:add_activity", "monitoring:change_activity",
    "monitoring:remove_activity", "monitoring:action_plan_sessions", "monitoring:check_action_plan",
)  # fmt: skip


# --- The table is whole ------------------------------------------------------------------------------


def test_the_columns_are_the_personas() -> None:
    assert tuple(persona.key for persona in PERSONAS) == PEOPLE
    assert tuple(TABLE.split()[:9]) == tuple(key.removeprefix("pp.").removeprefix("sp.") for key in PEOPLE)


def test_every_address_has_its_two_rows_and_every_row_its_address() -> None:
    there = {(name, method) for name, _ in addresses() for method in ("GET", "POST")}

    assert there - ROWS.keys() == set(), (
        "addresses without a row: decide for every persona and add it to TABLE"
    )
    assert ROWS.keys() - there == set(), "rows whose address is gone"


def test_an_address_without_a_row_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    added = path("cases/export", lambda request: HttpResponse(), name="export")
    tomorrow = [*addresses(), ("monitoring:export", added)]
    monkeypatch.setattr("tests.architecture.test_routes.addresses", lambda: tomorrow)

    with pytest.raises(AssertionError, match="addresses without a row"):
        test_every_address_has_its_two_rows_and_every_row_its_address()


# --- Every view says whom it is for --------------------------------------------------------------------


def _faults(name: str, pattern: PageAddress) -> Iterator[str]:
    """What is missing or wrong in what one view says about itself."""
    view = pattern.callback
    if not hasattr(view, "audiences"):
        yield f"{name} has no door: nobody said whom it is for"
        return
    if view.audiences is None:
        if getattr(view, "login_required", True):
            yield f"{name} is for anyone and yet asks to sign in"
        if getattr(view, "is_by_secret", False) and getattr(view, "records", None) not in AuditAction:
            yield f"{name} does not say which audit event it records"
        return
    if getattr(view, "records", None) not in AuditAction:
        yield f"{name} does not say which audit event it records"
    for method in ("GET", "POST"):
        for key, status in zip(PEOPLE, ROWS.get((name, method), ()), strict=False):
            persona = BY_KEY[key]
            if not persona.is_signed_in and status != 302:
                yield f"{name} {method}: nobody without an account may come in"
            if persona.is_signed_in and _audience(key) not in view.audiences and status not in (403, 405):
                yield f"{name} {method}: {key} is not of its audience"


def _audience(key: str) -> Audience:
    persona = BY_KEY[key]
    if persona.is_practitioner:
        return Audience.PRACTITIONER
    return Audience.SUPPLIER if persona.is_supplier else Audience.ADMINISTRATOR


def test_every_view_has_an_audience_and_an_audit_event_and_the_table_agrees() -> None:
    assert [fault for name, pattern in addresses() for fault in _faults(name, pattern)] == []


@pytest.mark.parametrize(
    ("prefix", "audience"),
    [
        pytest.param("probation-practitioner/", {Audience.PRACTITIONER}, id="the practitioner's side"),
        pytest.param("service-provider/", {Audience.SUPPLIER}, id="the supplier's side"),
    ],
)
def test_each_side_has_a_door_of_its_own(prefix: str, audience: set[Audience]) -> None:
    here = [
        (name, pattern) for name, pattern in addresses() if _address(name, pattern).startswith(f"/{prefix}")
    ]
    assert here
    assert [name for name, pattern in here if pattern.callback.audiences != audience] == []


def _address(name: str, pattern: PageAddress) -> str:
    samples = {"uuid": "00000000-0000-4000-8000-000000000000", "int": 1, "slug": "suicide"}
    kinds = {
        part: type(kind).__name__.removesuffix("Converter").lower()
        for part, kind in pattern.converters.items()
    }
    return reverse(name, kwargs={part: samples[kind] for part, kind in kinds.items()})


def test_a_view_without_a_door_fails() -> None:
    def unguarded(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    assert list(_faults("new", path("new", unguarded, name="new"))) == [
        "new has no door: nobody said whom it is for"
    ]


# --- The table is true -----------------------------------------------------------------------------------


@pytest.fixture
def _no_log() -> Iterator[None]:
    """Kept log records of refusals hold their frames, and collecting those takes longer than the test."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def urls(personas: dict[str, User]) -> dict[str, str]:
    """Each page's address in the setting."""
    pp, caseworker = personas["pp"], personas["sp.caseworker"]
    new, draft = a_sent_referral(pp, crn="X980017"), a_declared_draft(pp, crn="X980001")
    sent = {"new": new}
    for stage, further in STAGES.items():
        sent[stage] = a_sent_referral(pp, crn="X980017")
        further(ReceivedReferral.objects.unscoped().get(pk=sent[stage].received_id), caseworker)
    parts = {
        "report_id": a_ready_report(caseworker).pk,
        "caseworker_id": caseworker.pk,
        "secret": make_feed(by=caseworker),
        "notice_id": _a_notice().pk,
        "correction_id": begin_correction(referral=new, by=pp).pk,
    }
    return {
        name: reverse(name, kwargs=_parts(name, pattern, draft, sent, parts)) for name, pattern in addresses()
    }


def _a_notice() -> ServiceNotice:
    now = timezone.now()
    return ServiceNotice.objects.create(
        kind="DOWNTIME", heading="Closed on Sunday", starts_at=now, ends_at=now + timedelta(hours=1)
    )


def _parts(
    name: str, pattern: PageAddress, draft: Referral, sent: dict[str, Referral], more: dict[str, Any]
) -> dict[str, Any]:
    about = sent[CASE_OF.get(name, "new")]
    is_of_a_draft = name not in CASE_OF and name not in OF_THE_NEW_ONE
    known = (
        more
        | rows_in_addresses(about.received)
        | {
            "referral_id": draft.pk if is_of_a_draft else about.pk,
            "received_id": about.received_id,
            "contract_id": draft.contract_id,
            "person_key": uuid4(),  # of nobody who was looked up in this web session
            "category_id": draft.services.get().category_id,
            "slug": "suicide",
            "detail": "phone-number",
            "item": "desired-outcomes" if name == "referrals:change_case_service" else "enforceable-days",
            "which": "open",
            "need": "concerns",
            "number": 3 if name in OF_THE_PLAN_DRAFT else 1,
            "place": 1,
        }
    )
    return {part: known[part] for part in pattern.converters}


@pytest.mark.usefixtures("_no_log")
def test_every_address_answers_as_the_table_says(as_persona: AsPersona, urls: dict[str, str]) -> None:
    """One test: the setting takes longer than most people's requests, and each request leaves it as it was."""
    wrong = []
    for place, key in enumerate(PEOPLE):
        signed_in = as_persona(key)
        for (name, method), row in ROWS.items():
            status = _ask(signed_in, method, urls[name], POSTED.get(name, {}))
            if status != row[place]:
                wrong.append(f"{key} {name} {method}: {status} instead of {row[place]}")
    assert wrong == []


def _ask(signed_in: Client, method: str, url: str, posted: dict[str, str]) -> int:
    """The status, with everything that the request did undone: the next one finds the setting as it was."""
    client = Client()
    client.cookies.update(signed_in.cookies)
    undone = transaction.atomic()
    undone._from_testcase = (
        True  # else the clients of outside systems would refuse to call inside a transaction
    )
    with undone:
        answer = client.get(url) if method == "GET" else client.post(url, posted)
        transaction.set_rollback(True)
    return answer.status_code


def test_nobody_but_the_sign_in_page_is_behind_a_redirect(urls: dict[str, str], client: Client) -> None:
    for (name, method), row in ROWS.items():
        if row[-1] == 302 and name != "accounts:sign_out":
            answer = client.get(urls[name]) if method == "GET" else client.post(urls[name])
            assert answer["Location"].startswith("/sign-in?next="), (name, method)


# --- The administration ------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", PEOPLE)
def test_the_admin_site_lets_administrators_in_and_nobody_else(personas: dict[str, User], key: str) -> None:
    request = RequestFactory().get("/admin/")
    request.user = personas.get(key, AnonymousUser())

    assert isinstance(admin.site, ServiceAdminSite)
    assert admin.site.has_permission(request) == BY_KEY[key].is_administrator


@pytest.mark.usefixtures("_no_log")
@pytest.mark.parametrize("key", ["pp", "sp.manager", "anonymous"])
def test_every_admin_page_refuses_everybody_else(as_persona: AsPersona, key: str) -> None:
    client = as_persona(key)
    opened = []
    pages = [(name, pattern) for name, pattern in addresses("admin:") if pattern.name not in (None, "logout")]
    assert len(pages) > 50
    for name, pattern in pages:
        parts = dict.fromkeys([*pattern.converters, *pattern.groups], "accounts")
        answer = client.get(reverse(name, kwargs=parts))
        if answer.status_code == 302 and answer["Location"].startswith("/admin/login/"):
            answer = client.get(answer["Location"])
        is_sent_away = answer.status_code == 302 and answer["Location"].startswith("/sign-in")
        if not (is_sent_away if key == "anonymous" else answer.status_code == 403):
            opened.append(f"{name}: {answer.status_code}")
    assert opened == []
