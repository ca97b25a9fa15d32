from django.urls import path

from citydesk.management.workforce import views

app_name = "workforce"
urlpatterns = [
    path("what-if/", views.what_if, name="what_if"),
    path("what-if/chart/", views.what_if_chart, name="what_if_chart"),
    path("forecast/", views.forecast, name="forecast"),
    path("forecast/chart/", views.forecast_chart, name="forecast_chart"),
    path("forecast/file/", views.forecast_file, name="forecast_file"),
    path("forecast/do/", views.forecast_act, name="forecast_act"),
    path("forecast/slots/<int:point_id>/", views.forecast_point, name="forecast_point"),
    path("backtest/", views.backtest, name="backtest"),
    path("required/", views.required, name="required"),
    path("required/chart/", views.required_chart, name="required_chart"),
    path("required/file/", views.required_file, name="required_file"),
    path("mine/", views.mine, name="mine"),
    path("mine/do/", views.mine_act, name="mine_act"),
    path("mine/calendar/", views.feed_made, name="feed_made"),
    path("mine/paper.pdf", views.paper, name="paper"),
    path("mine/offer/<str:day>/", views.offer, name="offer"),
    path("mine/offer/<str:day>/do/", views.offer_act, name="offer_act"),
    path("mine/adherence/", views.my_adherence, name="my_adherence"),
    path("calendar/<str:token>.ics", views.feed, name="feed"),
    path("adherence/", views.adherence, name="adherence"),
    path("adherence/<int:user_id>/<str:day>/", views.adherence_day, name="adherence_day"),
    path("changes/", views.changes, name="changes"),
    path("changes/do/", views.changes_act, name="changes_act"),
    path("changes/swaps/<int:swap_id>/", views.swap, name="swap"),
    path("changes/swaps/<int:swap_id>/do/", views.swap_act, name="swap_act"),
    path("changes/calls/<int:call_id>/", views.call, name="call"),
    path("changes/calls/<int:call_id>/do/", views.call_act, name="call_act"),
]
