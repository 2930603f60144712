"""Signing in with SAML 2.0 at a real identity provider: the way there and back, and what can't be accepted."""

import time

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from onelogin.saml2.constants import OneLogin_Saml2_Constants

from mobility.models import User
from tests.counterparts.running import free_port
from tests.factories import UserFactory
from tests.sign_in.visitor import SamlVisitor

pytestmark = pytest.mark.django_db

INES = {
    "eduPersonPrincipalName": ["ist1000001@tecnico.example"],
    "displayName": ["Inês Carvalho"],
    "mail": ["ines@tecnico.example"],
}


def refused(response, status: int = 400) -> str:
    page = response.content.decode()
    assert response.status_code == status, page
    assert "Signing in didn't work" in page
    assert 'href="/account/login/"' in page
    assert not User.objects.filter(socialaccount__isnull=False).exists()
    return page


def test_whoever_is_new_is_in_with_the_name_already_there(saml_visitor: SamlVisitor):
    assert saml_visitor.sign_in(INES)["Location"] == "/"
    user = User.objects.get(pk=saml_visitor.signed_in_as)
    assert (user.name, user.email) == ("Inês Carvalho", "ines@tecnico.example")
    assert EmailAddress.objects.get().verified
    account = SocialAccount.objects.get()
    assert (account.provider, account.uid) == ("university", "ist1000001@tecnico.example")
    saml_visitor.portal.logout()
    saml_visitor.sign_in(INES)
    assert saml_visitor.signed_in_as == user.pk


@pytest.mark.parametrize(
    ("attributes", "uid"),
    [
        ({"subject-id": ["a@x.example"], "eduPersonPrincipalName": ["b@x.example"]}, "a@x.example"),
        ({"eduPersonUniqueId": ["c@x.example"], "eduPersonPrincipalName": ["b@x.example"]}, "c@x.example"),
        ({"mail": ["ines@tecnico.example"]}, "name-ines"),
    ],
)
def test_people_are_known_by_an_identifier_that_stays(saml_visitor: SamlVisitor, attributes, uid):
    saml_visitor.sign_in({"displayName": ["Inês"], "mail": ["ines@tecnico.example"]} | attributes)
    assert SocialAccount.objects.get().uid == uid


def test_a_name_that_changes_each_time_is_no_identifier(saml_visitor: SamlVisitor):
    assert "can't be accepted" in refused(saml_visitor.sign_in({"mail": ["ines@tecnico.example"]}, errs="transient"))


def test_the_student_number_leads_to_the_account_of_the_student(saml, saml_visitor: SamlVisitor):
    saml(
        institutional_id="schacPersonalUniqueCode",
        institutional_id_pattern=r"urn:schac:personalUniqueCode:pt:tecnico\.example:(ist\d+)",
    )
    user = UserFactory(institutional_id="ist1000001")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    codes = [
        "urn:schac:personalUniqueCode:int:esi:pt:4711",
        "urn:schac:personalUniqueCode:pt:tecnico.example:ist1000001",
    ]
    saml_visitor.sign_in(INES | {"schacPersonalUniqueCode": codes})
    assert saml_visitor.signed_in_as == user.pk


def test_an_address_counts_as_verified_only_where_the_provider_is_trusted_with_it(saml, saml_visitor: SamlVisitor):
    saml(verified_email=False)
    assert saml_visitor.sign_in(INES)["Location"] == "/account/confirm-email/"
    assert saml_visitor.signed_in_as is None


def test_the_metadata_may_come_from_a_file_and_requests_be_signed(saml, saml_visitor, saml_server, tmp_path):
    address, folder = saml_server
    metadata = tmp_path / "idp.xml"
    metadata.write_bytes(saml_visitor.abroad.get(f"{address}/metadata").content)
    saml(
        metadata_url=None,
        metadata_file=str(metadata),
        certificate_file=str(folder / "idp.crt"),
        key_file=str(folder / "idp.key"),
    )
    assert "Signature=" in saml_visitor.leave()
    saml_visitor.sign_in(INES)
    assert saml_visitor.signed_in_as


def test_the_portal_tells_who_it_is(client, saml):
    response = client.get("/account/saml/university/metadata/", headers={"host": "localhost"})
    assert response["Content-Type"] == "text/xml"
    assert 'entityID="http://localhost/account/saml/university/metadata/"' in response.content.decode()
    assert 'Location="http://localhost/account/saml/university/acs/"' in response.content.decode()


@pytest.mark.parametrize("errs", ["audience", "unsigned", "outdated", "altered", "unasked"])
def test_an_answer_that_is_not_for_us_not_signed_changed_or_unasked_is_refused(saml_visitor: SamlVisitor, errs):
    refused(saml_visitor.sign_in(INES, errs=errs), 403 if errs == "unasked" else 400)
    assert saml_visitor.signed_in_as is None


def test_a_refusal_of_the_provider_is_told(saml_visitor: SamlVisitor):
    refused(saml_visitor.sign_in(INES, errs="refuses"))


def test_an_answer_works_once(saml_visitor: SamlVisitor):
    form = saml_visitor.authorise(saml_visitor.leave(), INES)
    saml_visitor.come_back(form)
    assert saml_visitor.signed_in_as
    again = saml_visitor.come_back(form)
    assert again.status_code == 400
    assert "was used already" in again.content.decode()


def test_an_answer_to_somebody_else_is_refused(saml_visitor: SamlVisitor):
    form = saml_visitor.authorise(saml_visitor.leave(), INES)
    with SamlVisitor() as stranger:
        assert "in the browser where it began" in refused(stranger.come_back(form))


def test_the_clock_of_the_provider_may_be_off_by_as_much_as_the_setting_says(saml_visitor: SamlVisitor, monkeypatch):
    monkeypatch.setattr(OneLogin_Saml2_Constants, "ALLOWED_CLOCK_DRIFT", 60)
    refused(saml_visitor.sign_in(INES, shift="120"))
    assert saml_visitor.sign_in(INES, shift="30")["Location"] == "/"


def test_an_old_answer_is_refused(saml_visitor: SamlVisitor):
    refused(saml_visitor.sign_in(INES, shift="-420"))


def test_the_setting_reaches_the_library(settings):
    assert settings.SAML_CLOCK_SKEW_SECONDS == OneLogin_Saml2_Constants.ALLOWED_CLOCK_DRIFT


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example"])
def test_what_comes_back_beside_the_answer_leads_nowhere(saml_visitor: SamlVisitor, elsewhere):
    response = saml_visitor.sign_in(INES, query={"next": elsewhere}, relay=elsewhere)
    assert response["Location"] == "/"


def test_the_page_that_was_asked_for_comes_after(saml_visitor: SamlVisitor):
    assert saml_visitor.sign_in(INES, query={"next": "/account/email/"})["Location"] == "/account/email/"


@pytest.mark.parametrize("nonsense", ["", "x", "PHhtbD4=", "PD94bWwgdmVyc2lvbj0iMS4wIj8+PGE+", "w6k=" * 1000])
def test_nonsense_posted_to_us_costs_a_sentence(saml_visitor: SamlVisitor, nonsense):
    action = "http://localhost/account/saml/university/acs/"
    response = saml_visitor.come_back({"action": action, "SAMLResponse": nonsense})
    assert response.status_code in {400, 403}
    assert "Signing in didn't work" in response.content.decode()


def test_the_second_step_without_the_first_is_refused(saml_visitor: SamlVisitor):
    refused(saml_visitor.portal.get("/account/saml/university/acs/finish/"), 403)


def test_metadata_that_can_not_be_had_cost_a_sentence(saml, saml_visitor: SamlVisitor, settings):
    kinds = settings.SOCIALACCOUNT_PROVIDERS
    kinds["saml"]["APPS"][0]["settings"]["idp"]["metadata_url"] = f"http://127.0.0.1:{free_port()}/metadata"
    started = time.monotonic()
    page = refused(saml_visitor.portal.post(saml_visitor.LOGIN), 503)
    assert "the service doesn't answer" in page
    assert time.monotonic() - started < 5


def test_nobody_is_signed_out_by_a_link(saml_visitor: SamlVisitor):
    saml_visitor.sign_in(INES)
    user = saml_visitor.signed_in_as
    response = saml_visitor.portal.get("/account/saml/university/sls/", {"SAMLRequest": "x"})
    assert response.status_code == 404
    assert saml_visitor.signed_in_as == user


@pytest.mark.parametrize(("name", "length"), [("Maria " * 60, 197), ("y" * 300, 200)])
def test_a_long_name_is_kept_shortened(saml_visitor: SamlVisitor, name, length):
    saml_visitor.sign_in(INES | {"displayName": [name]})
    assert len(User.objects.get().name) == length


def test_without_an_address_it_is_asked_for(saml_visitor: SamlVisitor):
    assert saml_visitor.sign_in(INES | {"mail": []})["Location"] == "/account/3rdparty/signup/"
