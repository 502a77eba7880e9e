-- Licenses that set feature values of their own, which are few. Before a feature is deleted, they are read while its product
-- is locked.
CREATE INDEX licenses_with_features ON licenses (product_id) WHERE features <> '{}';
