"""What a copy keeps, and what it leaves out: reviewed lists. Text that stands in none of them is replaced.

A new column needs no entry here to be safe. It needs one to be kept, and `tests/machine/test_anonymise_copy.py` shows
every column that is.
"""

# Rows that do not go along: what signs people in, what is under way, what says who read or did what, and when.
_EMPTIED = """
account_emailaddress account_emailconfirmation auth_group auth_group_permissions customers_confidentialidentity
django_session interactions_rawintake kernel_auditerasure kernel_auditseal kernel_handledevent kernel_idempotentact
kernel_importeditem kernel_importrefusal kernel_practicemark kernel_readentry kernel_savedview kernel_throttlebucket
mfa_authenticator procrastinate_events procrastinate_jobs procrastinate_periodic_defers procrastinate_workers
records_legalhold referrals_delivery referrals_outsidecall referrals_webhook socialaccount_socialaccount
socialaccount_socialapp socialaccount_socialtoken staff_apikey staff_shared_value staff_signinbrake
workforce_calendarfeed
"""
EMPTIED = frozenset(_EMPTIED.split())
# Tables of the machine, without a word about anybody; copied as they are.
WHOLE = {"auth_permission", "django_content_type", "django_migrations"}
# Rows that stay behind, as a condition on the others.
ROWS = {"profile_profileentry": "section NOT IN ('people', 'person')"}
# Tables whose days and numbers are kept though they are personal: hours worked, shifts, counts of the telephone.
FIGURES = ("complaints_offer", "staff_", "timekeeping_", "traffic_", "workforce_")

# Codes of the house and of its profile. A value that does not look like a code is replaced.
_CODES = """
complaints_complaint number request_number class_code language
complaints_logentry kind
correspondence_consent how
correspondence_message language template_code about_type about_number
correspondence_reprint paper number
customers_caution kind state
customers_contactpoint kind use
customers_customer number kind caller_class language format_need
customers_duplicatepair state
interactions_contactfact channel direction language caller_class reason_code outcome settled district
interactions_formbatch first_number last_number
interactions_interaction number direction caller_class reason_code language ending handle_source settled
interactions_interactionoutcome target_type target_number
interactions_paperform number
interactions_phonecall direction
interactions_promise language target_number
interactions_transfer office_code
kernel_auditentry code actor_kind object_type
kernel_destruction object_type
kernel_importrun kind source state
kernel_storedfile purpose content_type kind scan_state created_by_kind
knowledge_article code service_codes
knowledge_articletext language
knowledge_bulletin service_code request_number
knowledge_bulletincontact contact_number
knowledge_difference step kind
knowledge_procedure code service_codes
knowledge_procedureversion state
places_district kind code
places_maptoken layer
problems_action state
problems_assetmark question asset
problems_detection rule_code by question asset state
problems_problem number state by question asset result
problems_research request_number state
profile_profileentry section code
profile_profileload actor_kind profile
profile_profilestate stamp
records_disposal number kind state
records_disposalitem state
records_emergencyopening kind number
records_recordsrequest number state channel language law_code
records_redaction field exemption
records_responsiverecord kind state exemption
records_retentioncandidate kind
records_seriesprogress kind
referrals_agency code kind office_code calendar_code way language
referrals_obligation code recurrence
referrals_referral number request_number way state service_code language
referrals_referralentry kind
referrals_violation number request_number state outcome
service_requests_clockpause reason
service_requests_escalationnotice to
service_requests_fieldcorrection field
service_requests_follower kind channel language
service_requests_bulkact kind
service_requests_bulkproposal kind state
service_requests_note kind source
service_requests_recomputeproposal state
service_requests_referral state
service_requests_requestclock target sla_code calendar_code ends hold_reasons
service_requests_requestcontact kind
service_requests_requestday service_code group_code council channel
service_requests_requestduration service_code group_code council channel
service_requests_requestdurationmonth service_code group_code
service_requests_requestfact state close_reason service_code group_code council channel
service_requests_requestfile kind review_state
service_requests_requestmonth service_code group_code council channel
service_requests_requestworkorder number result_code
service_requests_routingtrace rule_code cause
service_requests_servicecode code group_code urgency public_text public_place photos sla_code
service_requests_servicerequest number state close_reason pause_reason channel language source urgency
service_requests_servicerequest public_text_state place_kind zip council sla_code
staff_authoritylimit code
staff_department code
staff_office code calendar_code on_duty_skill source
staff_role code permissions
staff_rolegrantrequest state
staff_skill code language
staff_team code kind calendar_code skill_codes
staff_user language languages
statistics_factrefresh code
statistics_printedreport language state
timekeeping_attendanceoccurrence kind state
timekeeping_clock state
timekeeping_leaverequest state
timekeeping_leavetransaction kind
timekeeping_leavetype code
timekeeping_payrollexport number
timekeeping_punch state
timekeeping_timeentry kind source
timekeeping_timesheet state overtime_as
traffic_agentstate aux
traffic_contactleg source direction reason
traffic_contactsource code
traffic_importanomaly source
traffic_intervalcount source
traffic_intervalfact formula
traffic_legmatch reasons
traffic_malfunction queue_codes
traffic_numbersnote figure
traffic_queue code calendar_code callback_keys
traffic_sourceagent source
traffic_statefact state
traffic_toldday source
work_orders_materialline unit
work_orders_workorder number service_code source_type source_number external_system external_status
workforce_availability kind
workforce_availabilitystatement state
workforce_activity kind
workforce_contract templates
workforce_gathering kind
workforce_openshift template
workforce_requirement formula
workforce_schedule state
workforce_shift origin
workforce_shiftnotice code
workforce_shifttemplate code
workforce_solverun state
workforce_staffinggroup code calendar_code
"""
# Lists and dictionaries of nothing but codes and numbers; one that holds anything else is emptied.
_FACTS = """
interactions_interaction districts field_versions
kernel_destruction rows
records_redaction box
records_seriesprogress period
service_requests_entrycheck faults wrong
service_requests_requestclock allowance
service_requests_servicerequest districts
timekeeping_leaverequest days
timekeeping_terms week_seconds
workforce_forecastpoint factors
workforce_requirement parts
workforce_shrinkagemeasure by_slot
workforce_shrinkagemeasure parts
workforce_skillsetting needs
"""
# Words of the city itself: its catalog, its list of streets and addresses, its published names of offices and places.
# Electronic addresses in them are replaced all the same.
_WORDS = """
places_address source_id line key number_suffix unit zip source
places_district name geometry facts source
places_street key name base aliases search lines source
profile_profileentry source_file
problems_detection rule_names
records_disposal series
records_recordsrequest citation
referrals_agency names
referrals_obligation names citation
referrals_referral service_names
referrals_violation citation
service_requests_requestclock names
service_requests_routingtrace rule_names
service_requests_servicecode name names
service_requests_servicerequest block_label
staff_department name names phone
staff_office name names subjects phone address after_hours hours
staff_role name names
staff_skill name names
staff_team name names
timekeeping_leavetype names
traffic_contactsource name
traffic_queue name source_names
knowledge_procedure titles
workforce_shifttemplate names
workforce_staffinggroup names
"""
# Names of people that other columns repeat: the same name becomes the same invented one everywhere.
_PEOPLE = """
correspondence_consent actor_label
customers_customer created_by
customers_customermerge merged_by undone_by
customers_duplicatepair decided_by
interactions_advice author_label
interactions_formbatch printed_by_label
interactions_helpcall user_label
interactions_paperform noted_by_label
interactions_transfer spoke_with
kernel_auditentry actor_label
kernel_importrun started_by undone_by
knowledge_articletext written_by
knowledge_difference by_label
knowledge_procedureacceptance by_label
knowledge_proceduredepartment accepted_by_label
knowledge_procedureversion written_by_label decided_by_label
problems_action asked_by answered_by
problems_detection decided_by
problems_problem opened_by
problems_problemrequest added_by
problems_research asked_by answered_by
profile_profileload actor_label
records_emergencyopening ended_by
records_production made_by
records_recordsextension by
records_recordsrequest name closed_by
records_redaction by
records_responsiverecord decided_by
referrals_duedate filed_by_label
referrals_referral sent_by_label answered_by
referrals_referralentry by_label
referrals_violation reported_by_label
referrals_violationfile added_by_label
service_requests_clockpause started_by ended_by
service_requests_follower name
service_requests_note author_label
service_requests_referral sent_by
service_requests_requestfile added_by
staff_officeperson name
staff_user name
traffic_contactsource made_by_label
traffic_sourceagent name
work_orders_checklistitem done_by
work_orders_equipmentline entered_by
work_orders_laborline what entered_by
work_orders_materialline entered_by
work_orders_workorder created_by
work_orders_workphoto taken_by
"""
_PHONES = """
correspondence_consent phone
interactions_interaction callback_number
interactions_phonecall caller_number
interactions_promise phone
interactions_transfer number_called
staff_officeperson phone
staff_team phone
staff_user phone
traffic_contactleg caller transfer_to
"""
_MAILS = """
correspondence_message address
correspondence_suppression address
records_recordsrequest email
referrals_agency email
referrals_obligation remind_to
referrals_referral email
service_requests_follower to
staff_department mail
staff_office mail
staff_team mail
staff_user email
"""


def columns_of(lines: str) -> frozenset[str]:
    """`table.column` for lines of a table and its columns."""
    found = set()
    for line in lines.strip().splitlines():
        table, *columns = line.split()
        found |= {f"{table}.{column}" for column in columns}
    return frozenset(found)


CODES, FACTS, WORDS = columns_of(_CODES), columns_of(_FACTS), columns_of(_WORDS)
PEOPLE, PHONES, MAILS = columns_of(_PEOPLE), columns_of(_PHONES), columns_of(_MAILS)
