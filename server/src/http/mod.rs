//! HTTP below the routes: connections and what every request passes through.

pub mod connections;
