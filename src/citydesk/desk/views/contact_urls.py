"""Addresses of the contact screen, taken in by the desk's own."""

from django.urls import path

from citydesk.desk.views import contact, contact_acts, printed_form, supervised

urlpatterns = [
    path("contact/", contact.contact, name="contact"),
    path("contact/new/", contact.contact_new, name="contact_new"),
    path("contact/unfinished/", contact_acts.contact_unfinished, name="contact_unfinished"),
    path("contact/help/<slug:kind>/", contact_acts.contact_help, name="contact_help"),
    path("contact/saved/<str:number>/", contact.contact_saved, name="contact_saved"),
    path("contact/saved/<str:number>/relink/", contact_acts.contact_relink, name="contact_relink"),
    path("contact/saved/<str:number>/people/", contact_acts.contact_relink_people, name="contact_relink_people"),
    path("contact/<int:interaction_id>/", contact.contact_open, name="contact_open"),
    path("contact/<int:interaction_id>/save/", contact.contact_save, name="contact_save"),
    path("contact/<int:interaction_id>/parts/", contact.contact_parts, name="contact_parts"),
    path("contact/<int:interaction_id>/front/", contact.contact_front, name="contact_front"),
    path("contact/<int:interaction_id>/leave/", contact.contact_leave, name="contact_leave"),
    path("contact/<int:interaction_id>/finish/", contact.contact_finish, name="contact_finish"),
    path("contact/<int:interaction_id>/note/", contact_acts.contact_note, name="contact_note"),
    path("contact/<int:interaction_id>/forget/", contact_acts.contact_forget, name="contact_forget"),
    path("contact/<int:interaction_id>/park/", contact_acts.contact_park, name="contact_park"),
    path("contact/<int:interaction_id>/resume/", contact_acts.contact_resume, name="contact_resume"),
    path("contact/<int:interaction_id>/another/", contact_acts.contact_another, name="contact_another"),
    path("contact/<int:interaction_id>/dropped/", contact_acts.contact_dropped, name="contact_dropped"),
    path("contact/<int:interaction_id>/drop/", contact_acts.contact_drop, name="contact_drop"),
    path("contact/<int:interaction_id>/hand-over/", contact_acts.contact_hand_over, name="contact_hand_over"),
    path("contact/printed-form/", printed_form.printed_form, name="printed_form"),
    path("contact/printed-form/void/", printed_form.printed_form_void, name="printed_form_void"),
    path("contact/take/", supervised.contact_take, name="contact_take"),
    path("contact/<int:interaction_id>/beside/", supervised.contact_beside, name="contact_beside"),
    path("contact/<int:interaction_id>/question/", supervised.contact_question, name="contact_question"),
    path("contact/<int:interaction_id>/hand-back/", supervised.contact_hand_back, name="contact_hand_back"),
    path("notices/", supervised.notices, name="notices"),
    path("notices/<int:advice_id>/read/", supervised.advice_read, name="advice_read"),
]
