//! The vendor's profile, which customers and devices see.

use leptos::prelude::*;

use crate::{
    Error,
    admin::{ReadName, guard, guard_read, service},
    http::done::Done,
};

/// The vendor's profile. What is not set is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Organization {
    /// The company's name.
    pub name: String,
    /// The e-mail address for customers.
    pub email: String,
    /// The website.
    pub url: String,
    /// One line about the service.
    pub description: String,
    /// The copyright line.
    pub copyright: String,
    /// The legal notice.
    pub legal_notice: String,
    /// Number of the last change.
    pub revision: i64,
}

pub const ORGANIZATION: ReadName = ReadName("organization");

/// The vendor's profile.
pub async fn organization() -> Result<Organization, Error> {
    guard_read(ORGANIZATION)?;
    let found = service()?.store().read().await?.on().provider().await?.unwrap_or_default();
    Ok(Organization {
        name: found.name,
        email: found.email.unwrap_or_default(),
        url: found.url.unwrap_or_default(),
        description: found.description.unwrap_or_default(),
        copyright: found.copyright.unwrap_or_default(),
        legal_notice: found.legal_notice.unwrap_or_default(),
        revision: found.revision,
    })
}

/// Changes the vendor's profile.
#[server(endpoint = "organization/change")]
pub async fn change_organization(
    #[server(default)] revision: String,
    #[server(default)] name: String,
    #[server(default)] email: String,
    #[server(default)] url: String,
    #[server(default)] description: String,
    #[server(default)] copyright: String,
    #[server(default)] legal_notice: String,
) -> Result<(), Error> {
    let actor = guard::<ChangeOrganization>()?;
    let opened = crate::form::read_revision(&revision)?;
    let form = service::ProviderForm { name, email, url, description, copyright, legal_notice };
    service()?.vendor().save_provider(opened, form, &actor).await?;
    Done::OrganizationChanged.at("/settings/organization");
    Ok(())
}
