//! Changes to terms by staff.

use licensing::Overrides;
use service::{LicenseForm, PolicyForm, Service};

use super::{Episode, tickets::CUSTOMER};
use crate::{acts::own_after, answer::Answer, plain_terms::Change};

impl Episode {
    pub(super) async fn change_policy(&mut self, service: &Service, policy: usize, change: &Change) -> Answer {
        let old = &self.policies[policy];
        let mut own = Overrides::default();
        change.set(&mut own, self.began);
        let form = PolicyForm { name: old.name.clone(), terms: old.terms.with(&own) };
        match service.licenses().change_policy(old.id, form, &self.actor).await {
            Ok(new) => {
                self.policies[policy] = new;
                Answer::Done(0)
            }
            Err(error) => self.failed(&error),
        }
    }

    pub(super) async fn change_license(
        &mut self,
        service: &Service,
        license: usize,
        change: Option<&Change>,
    ) -> Answer {
        let own = own_after(&self.licenses[license].2, change);
        let mut overrides = Overrides::default();
        own.iter().for_each(|change| change.set(&mut overrides, self.began));
        let form = LicenseForm { overrides, email: CUSTOMER.to_owned(), ..LicenseForm::default() };
        match service.licenses().change_license(self.license_id(license), form, &self.actor).await {
            Ok(_) => {
                self.licenses[license].2 = own;
                Answer::Done(0)
            }
            Err(error) => self.failed(&error),
        }
    }
}
