-- In the order of ends with the licenses that have none, which lists show last.
DROP INDEX licenses_by_end;
CREATE INDEX licenses_by_end ON licenses (ends_at, id);
