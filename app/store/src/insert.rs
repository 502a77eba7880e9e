//! Inserting many rows, from one list of the columns for both engines.
//!
//! PostgreSQL takes each column as an array, so there is one statement for any number of rows. SQLite has no arrays, and
//! binding single values is cheap because it runs in this process: it gets its rows in [`pieces`].

use std::borrow::Borrow;

use sqlx::QueryBuilder;
use sqlx_postgres::Postgres;
use sqlx_sqlite::Sqlite;

use crate::{Connection, Result, desk::pieces};

/// Maximum number of rows per statement on PostgreSQL, which bounds the size of a message.
pub(crate) const AT_ONCE: usize = 4_096;

/// A row that can be inserted. Implemented by [`columns!`].
pub(crate) trait Insert: Sized {
    /// Returns the statement that inserts these rows. There must be at least one.
    fn on_sqlite<R: Borrow<Self>>(rows: &[R]) -> QueryBuilder<Sqlite>;

    /// Adds the statement that inserts these rows.
    fn on_postgres<R: Borrow<Self>>(sql: &mut QueryBuilder<Postgres>, rows: &[R]);
}

/// Says which table rows of a type belong to, and what each column stores of a row. A suffix may follow, such as `ON CONFLICT`.
macro_rules! columns {
    (
        $row_type:ty, $table:literal, |$row:pat_param| { $($column:ident: $value:expr),+ $(,)? } $(, $suffix:expr)?
    ) => {
        impl $crate::insert::Insert for $row_type {
            fn on_sqlite<R: std::borrow::Borrow<Self>>(rows: &[R]) -> sqlx::QueryBuilder<sqlx_sqlite::Sqlite> {
                let mut sql = sqlx::QueryBuilder::new($crate::insert::start($table, &[$(stringify!($column)),+]));
                sql.push_values(rows, |mut values, row| {
                    let $row: &Self = row.borrow();
                    $(values.push_bind($value);)+
                });
                $(sql.push($suffix);)?
                sql
            }

            fn on_postgres<R: std::borrow::Borrow<Self>>(
                sql: &mut sqlx::QueryBuilder<sqlx_postgres::Postgres>,
                rows: &[R],
            ) {
                sql.push($crate::insert::start($table, &[$(stringify!($column)),+])).push("SELECT * FROM UNNEST(");
                let mut arrays = sql.separated(", ");
                $({
                    // A column rarely needs every part of a row.
                    #[allow(unused_variables)]
                    let value = |row| {
                        let $row: &Self = R::borrow(row);
                        $value
                    };
                    arrays.push_bind(rows.iter().map(value).collect::<Vec<_>>());
                })+
                sql.push(")");
                $(sql.push($suffix);)?
            }
        }
    };
}
pub(crate) use columns;

/// Inserts rows.
pub(crate) async fn insert<T: Insert, R: Borrow<T>>(on: Connection<'_>, rows: &[R]) -> Result<()> {
    match on {
        Connection::Sqlite(c) => {
            for piece in pieces(rows) {
                T::on_sqlite(piece).build().execute(&mut *c).await?;
            }
        }
        Connection::Postgres(c) => {
            for piece in rows.chunks(AT_ONCE) {
                let mut sql = QueryBuilder::default();
                T::on_postgres(&mut sql, piece);
                sql.build().execute(&mut *c).await?;
            }
        }
    }
    Ok(())
}

/// Writes that do not depend on each other, as one statement of PostgreSQL: a `WITH` whose parts all run, although nothing
/// reads them (<https://www.postgresql.org/docs/current/queries-with.html#QUERIES-WITH-MODIFYING>).
#[derive(Default)]
pub(crate) struct AtOnce {
    sql: QueryBuilder<Postgres>,
    parts: usize,
}

impl AtOnce {
    /// Adds a write.
    pub(crate) fn part(&mut self, write: impl FnOnce(&mut QueryBuilder<Postgres>)) {
        let before = if self.parts == 0 { "WITH" } else { ")," };
        self.sql.push(format_args!("{before} part{} AS (", self.parts));
        self.parts += 1;
        write(&mut self.sql);
    }

    /// Adds the insertion of rows, if there are any.
    pub(crate) fn insert<T: Insert, R: Borrow<T>>(&mut self, rows: &[R]) {
        if !rows.is_empty() {
            self.part(|sql| T::on_postgres(sql, rows));
        }
    }

    /// Runs the statement, if it has a part.
    pub(crate) async fn run(mut self, on: Connection<'_>) -> Result<()> {
        let Connection::Postgres(c) = on else {
            return Err(sqlx::Error::Protocol("SQLite does not have such statements".to_owned()).into());
        };
        if self.parts > 0 {
            self.sql.push(") SELECT 1").build().execute(c).await?;
        }
        Ok(())
    }
}

/// Returns how an `INSERT` into these columns of a table begins.
pub(crate) fn start(table: &str, columns: &[&str]) -> String {
    format!("INSERT INTO {table} ({}) ", columns.join(", "))
}
