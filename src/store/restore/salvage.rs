//! A damaged database, read as far as it goes: table by table into a new one of the same schema, and where a table is
//! broken, around the break.

use std::path::Path;

use sqlx::migrate::{Migrate, Migrator};
use sqlx::{AssertSqlSafe, Connection, SqliteConnection};

use super::part::Part;
use crate::store::{Error, MIGRATIONS, Result};

/// How often a table is tried around its breaks before the rest of it is given up.
const TRIES: usize = 2_000;

/// Saves what can be read of `broken`; and the names of the tables that could not be read whole.
pub(super) async fn salvage(broken: &Part, database: &Path) -> Result<(Part, Vec<String>)> {
    let versions: Vec<i64> = {
        let mut connection = broken.open().await?;
        let applied = connection.list_applied_migrations(&MIGRATIONS.table_name).await?;
        connection.close().await?;
        applied.iter().map(|migration| migration.version).collect()
    };
    let saved = Part::empty(database, "saved")?;
    let mut connection = saved.open().await?;
    let of_then = MIGRATIONS.iter().filter(|migration| versions.contains(&migration.version)).cloned().collect();
    Migrator::with_migrations(of_then).run(&mut connection).await?;
    sqlx::raw_sql("PRAGMA foreign_keys = OFF").execute(&mut connection).await?;
    let path = broken.path().to_string_lossy().into_owned();
    sqlx::query("ATTACH $1 AS broken").bind(path).execute(&mut connection).await?;
    // What rows set off when they are written, they have set off already.
    let triggers: Vec<(String, String)> =
        sqlx::query_as("SELECT name, sql FROM main.sqlite_master WHERE type = 'trigger'")
            .fetch_all(&mut connection)
            .await?;
    for (name, _) in &triggers {
        run(&mut connection, format!("DROP TRIGGER main.{name}")).await?;
    }
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT name FROM main.sqlite_master
         WHERE type = 'table' AND name <> '_sqlx_migrations' AND (name NOT LIKE 'sqlite%' OR name = 'sqlite_sequence')",
    )
    .fetch_all(&mut connection)
    .await?;
    let mut unread = Vec::new();
    for table in tables {
        run(&mut connection, format!("DELETE FROM main.{table}")).await?;
        if !copy(&mut connection, &table).await? && table != "sqlite_sequence" {
            unread.push(table);
        }
    }
    for (_, statement) in triggers {
        run(&mut connection, statement).await?;
    }
    sqlx::raw_sql("DETACH broken").execute(&mut connection).await?;
    MIGRATIONS.run(&mut connection).await?;
    connection.close().await?;
    Ok((saved, unread))
}

/// Copies a table; whether all of it.
async fn copy(connection: &mut SqliteConnection, table: &str) -> Result<bool> {
    let columns: Vec<String> = sqlx::query_scalar("SELECT '\"' || name || '\"' FROM pragma_table_info($1)")
        .bind(table)
        .fetch_all(&mut *connection)
        .await?;
    let columns = columns.join(", ");
    let statement =
        format!("INSERT OR REPLACE INTO main.{table} ({columns}) SELECT {columns} FROM broken.{table} NOT INDEXED");
    if readable(run(connection, statement.clone()).await)? {
        return Ok(true);
    }
    // A table without rows' numbers is one piece.
    let last = format!("SELECT max(rowid) FROM broken.{table}");
    let last: Option<i64> = match sqlx::query_scalar(AssertSqlSafe(last)).fetch_one(&mut *connection).await {
        Ok(last) => last,
        Err(_) => {
            let given = "SELECT seq FROM main.sqlite_sequence WHERE name = $1";
            sqlx::query_scalar(given).bind(table).fetch_optional(&mut *connection).await?
        }
    };
    let (mut ranges, mut tries) = (vec![(0, last.unwrap_or(0))], 0);
    while let Some((from, to)) = ranges.pop() {
        let some = format!("{statement} WHERE rowid BETWEEN {from} AND {to}");
        if from > to || tries == TRIES || readable(run(connection, some).await)? || from == to {
            continue;
        }
        tries += 1;
        let middle = from + (to - from) / 2;
        ranges.extend([(middle + 1, to), (from, middle)]);
    }
    Ok(false)
}

/// Whether it could be read; an error is that of the copy, such as a disk that is full.
fn readable(result: Result<()>) -> Result<bool> {
    match result {
        Ok(()) => Ok(true),
        Err(error @ Error::DiskFull(_)) => Err(error),
        Err(_) => Ok(false),
    }
}

async fn run(connection: &mut SqliteConnection, statement: String) -> Result<()> {
    sqlx::raw_sql(AssertSqlSafe(statement)).execute(connection).await?;
    Ok(())
}
