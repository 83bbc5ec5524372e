-- Who may see and do what with a dataset, as JSON: restricted, the rule for everybody, grants to people and groups by
-- their numbers, which are never given twice. "": everybody sees everything. data_hidden stays the rule's word on
-- whether rows are shown. One column, so that no reader meets half a change.
ALTER TABLE datasets ADD COLUMN security TEXT NOT NULL DEFAULT '';

-- API calls counted against quotas whose unit is a day or longer, written now and then.
CREATE TABLE call_counts (
    name  TEXT PRIMARY KEY,             -- whose calls of what
    start BIGINT NOT NULL,              -- of the unit of time
    ends  BIGINT NOT NULL,
    calls BIGINT NOT NULL
);
