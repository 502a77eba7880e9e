//! Search for parts of texts by trigrams: the one place where the two engines have different kinds of indexes.
//!
//! The databases maintain both from the column `licenses.folded`, so no statement has to. SQLite has a full-text table
//! (FTS5, `trigram` tokenizer, without content or positions) with triggers; PostgreSQL has a GIN index of the extension
//! `pg_trgm`. If the extension may not be created, searches find the beginnings of names by the indexes of keys, and
//! other parts of names among the newest licenses only.

use sqlx::{PgConnection, QueryBuilder, Sqlite, SqliteConnection, postgres::Postgres};

/// Length of a trigram, in characters.
const SHORTEST: usize = 3;
/// Maximum number of a text's trigrams that are looked up. The matches are then compared with the whole text.
const MOST_TRIGRAMS: usize = 12;

const SQLITE: &str = "\
CREATE TABLE IF NOT EXISTS license_search_rows (number INTEGER PRIMARY KEY, license_id BLOB NOT NULL UNIQUE);
CREATE VIRTUAL TABLE IF NOT EXISTS license_search USING fts5 \
    (folded, content = '', contentless_delete = 1, detail = 'none', tokenize = 'trigram case_sensitive 1');
CREATE TRIGGER IF NOT EXISTS license_search_insert AFTER INSERT ON licenses WHEN new.folded IS NOT NULL BEGIN
    INSERT INTO license_search_rows (license_id) VALUES (new.id);
    INSERT INTO license_search (rowid, folded)
        VALUES ((SELECT number FROM license_search_rows WHERE license_id = new.id), new.folded);
END;
CREATE TRIGGER IF NOT EXISTS license_search_update AFTER UPDATE OF folded ON licenses
WHEN new.folded IS NOT old.folded AND new.folded IS NOT NULL BEGIN
    INSERT OR IGNORE INTO license_search_rows (license_id) VALUES (new.id);
    INSERT OR REPLACE INTO license_search (rowid, folded)
        VALUES ((SELECT number FROM license_search_rows WHERE license_id = new.id), new.folded);
END;
CREATE TRIGGER IF NOT EXISTS license_search_delete AFTER DELETE ON licenses BEGIN
    DELETE FROM license_search WHERE rowid = (SELECT number FROM license_search_rows WHERE license_id = old.id);
    DELETE FROM license_search_rows WHERE license_id = old.id;
END;";

/// Lock under which instances that start at the same time create the index. The number is arbitrary.
const LOCK: &str = "SELECT pg_advisory_xact_lock(5282930175)";
const EXTENSION: &str = "CREATE EXTENSION IF NOT EXISTS pg_trgm";
/// The fill factor leaves room for another version of each row, so that an activation need not update the index. The
/// short pending list, which every search reads, keeps searches fast.
const POSTGRES: &str = "\
ALTER TABLE licenses SET (fillfactor = 80);
CREATE INDEX IF NOT EXISTS licenses_by_trigram ON licenses \
    USING GIN (folded gin_trgm_ops) WITH (gin_pending_list_limit = 256);";

/// Creates SQLite's index, in the transaction of the migrations.
pub(crate) async fn set_up_sqlite(c: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(SQLITE).execute(c).await.map(drop)
}

/// Creates PostgreSQL's index, unless it exists or the extension may not be created.
pub(crate) async fn set_up_postgres(c: &mut PgConnection) -> Result<(), sqlx::Error> {
    use sqlx::Connection as _;

    const IS_THERE: &str = "SELECT to_regclass('licenses_by_trigram') IS NOT NULL";
    if sqlx::query_scalar(IS_THERE).fetch_one(&mut *c).await? {
        return Ok(());
    }
    let mut tx = c.begin().await?;
    sqlx::raw_sql(LOCK).execute(&mut *tx).await?;
    for sql in [EXTENSION, POSTGRES] {
        if let Err(error) = sqlx::raw_sql(sql).execute(&mut *tx).await {
            tracing::warn!(
                %error,
                "PostgreSQL's extension pg_trgm is not available: searches find the beginnings of names only. \
                 Have a superuser create it, then restart"
            );
            return tx.rollback().await;
        }
    }
    tx.commit().await
}

/// Trigram search of an engine.
pub(crate) trait Trigrams: sqlx::Database {
    /// Adds a query for the ids of licenses that contain this folded text. It finds all of them if the index has at
    /// most `most` candidates. `pattern` is the text for `LIKE … ESCAPE '!'`.
    fn push(sql: &mut QueryBuilder<Self>, text: &str, pattern: &str, most: i64);
}

impl Trigrams for Sqlite {
    fn push(sql: &mut QueryBuilder<Self>, text: &str, pattern: &str, most: i64) {
        // In the order of the index, from its end, where the newest licenses are.
        sql.push("SELECT l.id FROM (SELECT rowid AS number FROM license_search WHERE license_search MATCH ");
        sql.push_bind(all_of(text)).push(" ORDER BY rowid DESC LIMIT ").push_bind(most);
        sql.push(") s CROSS JOIN license_search_rows r CROSS JOIN licenses l WHERE r.number = s.number");
        sql.push(" AND l.id = r.license_id AND l.folded LIKE ").push_bind(pattern.to_owned()).push(" ESCAPE '!'");
    }
}

impl Trigrams for Postgres {
    fn push(sql: &mut QueryBuilder<Self>, _: &str, pattern: &str, most: i64) {
        // Without the index, this would scan the whole table.
        sql.push("SELECT id FROM (SELECT l.id FROM licenses l WHERE to_regclass('licenses_by_trigram') IS NOT NULL AND l.folded LIKE ");
        sql.push_bind(pattern.to_owned()).push(" ESCAPE '!' LIMIT ").push_bind(most).push(") AS of_trigrams");
    }
}

/// Returns `true` if the text has a trigram.
pub(crate) fn has_trigram(text: &str) -> bool {
    text.chars().nth(SHORTEST - 1).is_some()
}

/// Converts the text to an FTS5 query that requires all of its trigrams, or evenly spaced ones.
fn all_of(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let trigrams: Vec<String> = chars.windows(SHORTEST).map(|three| three.iter().collect()).collect();
    let step = trigrams.len().div_ceil(MOST_TRIGRAMS).max(1);
    let quoted = trigrams.iter().step_by(step).map(|three| format!("\"{}\"", three.replace('"', "\"\"")));
    quoted.collect::<Vec<_>>().join(" AND ")
}
