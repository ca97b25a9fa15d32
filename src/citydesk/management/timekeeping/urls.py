from django.urls import path

from citydesk.management.timekeeping import views

app_name = "timekeeping"
urlpatterns = [
    path("", views.mine, name="mine"),
    path("do/", views.mine_act, name="mine_act"),
    path("clock/", views.clock, name="clock"),
    path("clock/do/", views.clock_act, name="clock_act"),
    path("leave/", views.my_leave, name="leave"),
    path("leave/do/", views.leave_act, name="leave_act"),
    path("leave/<int:request_id>/", views.request_page, name="request"),
    path("leave/<int:request_id>/reason/", views.request_reason, name="request_reason"),
    path("leave/<int:request_id>/do/", views.request_act, name="request_act"),
    path("approvals/", views.approvals, name="approvals"),
    path("approvals/do/", views.approvals_act, name="approvals_act"),
    path("sheets/<int:sheet_id>/", views.sheet, name="sheet"),
    path("sheets/<int:sheet_id>/do/", views.sheet_act, name="sheet_act"),
    path("unsubmitted/", views.unsubmitted, name="unsubmitted"),
    path("report/", views.report, name="report"),
    path("report/teams/", views.teams, name="teams"),
    path("report/month/", views.monthly, name="monthly"),
    path("report/month/chart/", views.monthly_chart, name="monthly_chart"),
    path("attendance/", views.attendance, name="attendance"),
    path("attendance/<int:occurrence_id>/do/", views.attendance_act, name="attendance_act"),
    path("payroll/", views.payroll, name="payroll"),
    path("payroll/do/", views.payroll_act, name="payroll_act"),
    path("payroll/<str:number>/", views.payroll_file, name="payroll_file"),
]
