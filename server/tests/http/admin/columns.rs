//! The columns of the list of licenses.

use licensing::Role;
use testing::contract;

use super::{
    devices::{page_text, went_to},
    many_licenses::ending,
    person::{accounts, signed_in},
};
use crate::fixture::{Html, HtmlField, Server};

contract!(each_browser_chooses_the_columns_of_the_list_of_licenses, async |db| {
    let server = Server::on(db).await;
    accounts(&server).await;
    let policy = server.license().create().await.policy_id;
    ending(&server, policy, "Soon Ltd", 10).await;
    let viewer = signed_in(&server, Role::Viewer).await;
    let list = "/licenses?sort=customer";
    let has = |page: &str, heading: &str| page.contains(&format!(">{heading}<!></th>"));
    let before = viewer.open(list).await;
    assert!(has(before.text(), "Code") && !has(before.text(), "Reference"), "{}", before.text());

    let dialog = "/licenses?sort=customer&dialog=columns";
    let mut form = Html::read(viewer.open(dialog).await.text()).form("licenses/choose-columns");
    form.fields.retain(|field| field.name != "code");
    form.fields.push(HtmlField { name: "reference".to_owned(), value: "on".to_owned(), ..HtmlField::default() });
    assert_eq!(went_to(&viewer.submit(dialog, &form.encoded()).await), (303, list.to_owned()));
    let after = viewer.open(list).await;
    assert!(!has(after.text(), "Code") && has(after.text(), "Reference"), "{}", page_text(&after));
    let again = Html::read(viewer.open(dialog).await.text()).form("licenses/choose-columns");
    assert_eq!((again.value("code"), again.value("reference")), (None, Some("on")), "the dialog knows the choice");
    assert!(has(signed_in(&server, Role::Viewer).await.open(list).await.text(), "Code"), "another browser");
});
