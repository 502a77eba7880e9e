//! Looking devices up across licenses, each by an index.

use chrono::{DateTime, Utc};
use sqlx::QueryBuilder;
use uuid::Uuid;

use crate::{Connection, Result, engine::run};

/// A device that a search found, with its license.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct DeviceHit {
    /// Id of the activation.
    pub id: Uuid,
    /// Id of its license.
    pub license_id: Uuid,
    /// Name that support gave the device.
    pub label: Option<String>,
    /// Name that the software sent.
    pub device_name: Option<String>,
    /// Time of its last request.
    pub last_seen_at: DateTime<Utc>,
    /// Customer of the license.
    pub customer: Option<String>,
    /// E-mail address of the license.
    pub email: Option<String>,
    /// Last characters of the license's code.
    pub code_tail: String,
    /// Name of the product.
    pub product_name: String,
}

const SELECT: &str = "SELECT a.id, a.license_id, a.label, a.device_name, a.last_seen_at, l.customer, l.email, l.code_tail, \
     p.name AS product_name FROM activations a JOIN licenses l ON l.id = a.license_id \
     JOIN products p ON p.id = l.product_id WHERE ";

impl Connection<'_> {
    /// Returns the device with this id of its activation.
    pub async fn device_of_id(&mut self, id: Uuid) -> Result<Option<DeviceHit>> {
        Ok(run!(self, |c| {
            let mut sql = QueryBuilder::<Db>::new(SELECT);
            sql.push("a.id = ").push_bind(id);
            sql.build_query_as().fetch_optional(&mut **c).await
        })?)
    }

    /// Returns at most `most` devices with this fingerprint, each under another license.
    pub async fn devices_of_fingerprint(&mut self, hash: &[u8; 32], most: i64) -> Result<Vec<DeviceHit>> {
        Ok(run!(self, |c| {
            let mut sql = QueryBuilder::<Db>::new(SELECT);
            sql.push("a.fingerprint_hash = ").push_bind(hash.to_vec());
            sql.push(" ORDER BY a.license_id LIMIT ").push_bind(most);
            sql.build_query_as().fetch_all(&mut **c).await
        })?)
    }

    /// Returns at most `most` devices with exactly this name, whether support or the software gave it. Upper and lower
    /// case of ASCII letters make no difference.
    pub async fn devices_named(&mut self, name: &str, most: i64) -> Result<Vec<DeviceHit>> {
        Ok(run!(self, |c| {
            // The conditions are those of the partial indexes. Limited before the joins, since a common name such as
            // `MacBook Pro` has hundreds of thousands of devices.
            let mut sql = QueryBuilder::<Db>::new(SELECT);
            sql.push("a.id IN (SELECT * FROM (SELECT id FROM activations WHERE device_name IS NOT NULL AND ");
            sql.push("LOWER(device_name) = LOWER(").push_bind(name.to_owned()).push(") LIMIT ").push_bind(most);
            sql.push(") AS of_name UNION SELECT * FROM (SELECT id FROM activations WHERE label IS NOT NULL AND ");
            sql.push("LOWER(label) = LOWER(").push_bind(name.to_owned()).push(") LIMIT ").push_bind(most);
            sql.push(") AS of_label) ORDER BY a.last_seen_at DESC, a.id LIMIT ").push_bind(most);
            sql.build_query_as().fetch_all(&mut **c).await
        })?)
    }
}
