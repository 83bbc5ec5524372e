-- Counts of use. Each dimension has a table of its own and no row can be joined to another's: none knows a visitor, an
-- address, a browser's name, a path or a moment. Days and hours are numbers of them since 1970-01-01T00:00:00Z, weeks begin on Mondays
-- (week 0 began on Monday 1969-12-29), months count from January 1970.

CREATE TABLE usage_served (         -- requests answered, of every kind and to everybody: capacity
    day BIGINT PRIMARY KEY,
    n   BIGINT NOT NULL
);

CREATE TABLE usage_hours (          -- the whole portal by the hour, for 90 days
    hour BIGINT NOT NULL,
    kind TEXT NOT NULL,             -- view, download, call, attachment; script: a page fetched by a program, bot: anything, by a crawler
    n    BIGINT NOT NULL,
    PRIMARY KEY (hour, kind)
);

CREATE TABLE usage_days (           -- the whole portal by the day
    day  BIGINT NOT NULL,
    kind TEXT NOT NULL,
    n    BIGINT NOT NULL,
    PRIMARY KEY (day, kind)
);

CREATE TABLE usage_pages (
    day   BIGINT NOT NULL,
    page  TEXT NOT NULL,            -- class of page: catalogue, dataset, legal
    class TEXT NOT NULL,            -- h: human, p: program, b: bot
    n     BIGINT NOT NULL,
    PRIMARY KEY (day, page, class)
);

CREATE TABLE usage_today (          -- of datasets, until the night after
    day     BIGINT NOT NULL,
    dataset TEXT NOT NULL,          -- uid
    what    TEXT NOT NULL,          -- "view", "download csv", "call records", "attachment"; "script", "bot": see usage_hours
    n       BIGINT NOT NULL,
    PRIMARY KEY (day, dataset, what)
);

CREATE TABLE usage_datasets (       -- the same of days that are over, packed
    day     BIGINT NOT NULL,
    dataset TEXT NOT NULL,
    uses    TEXT NOT NULL,          -- "call records 7,download csv 3,view 12"
    PRIMARY KEY (day, dataset)
);

CREATE TABLE usage_calls (          -- of the API
    day      BIGINT NOT NULL,
    endpoint TEXT NOT NULL,
    status   BIGINT NOT NULL,       -- 2, 3, 4 or 5: its class
    n        BIGINT NOT NULL,
    PRIMARY KEY (day, endpoint, status)
);

CREATE TABLE usage_errors (
    day  BIGINT NOT NULL,
    door TEXT NOT NULL,             -- page or api
    code BIGINT NOT NULL,           -- 404
    n    BIGINT NOT NULL,
    PRIMARY KEY (day, door, code)
);

CREATE TABLE usage_searches (
    day   BIGINT NOT NULL,
    found BIGINT NOT NULL,          -- 1: something, 0: nothing
    n     BIGINT NOT NULL,
    PRIMARY KEY (day, found)
);

CREATE TABLE usage_terms (          -- what was searched for ten times or more, on three days or more
    month BIGINT NOT NULL,
    term  TEXT NOT NULL,
    n     BIGINT NOT NULL,
    empty BIGINT NOT NULL,          -- of these, without result
    PRIMARY KEY (month, term)
);

CREATE TABLE usage_referrers (
    week BIGINT NOT NULL,
    host TEXT NOT NULL,             -- nothing but the host
    n    BIGINT NOT NULL,
    PRIMARY KEY (week, host)
);

CREATE TABLE usage_clients (
    week   BIGINT NOT NULL,
    class  TEXT NOT NULL,
    family TEXT NOT NULL,           -- firefox, curl: from a list of our own
    n      BIGINT NOT NULL,
    PRIMARY KEY (week, class, family)
);

CREATE TABLE usage_apps (           -- how programs call themselves in ODS-API-Analytics-App
    week BIGINT NOT NULL,
    app  TEXT NOT NULL,
    n    BIGINT NOT NULL,
    PRIMARY KEY (week, app)
);

CREATE TABLE usage_uniques (        -- empty unless the operator turned uniques on
    day         BIGINT NOT NULL,
    dataset     TEXT NOT NULL,      -- uid, "" is the whole portal
    n           BIGINT NOT NULL,
    approximate BIGINT NOT NULL,    -- 1: the portal was started again that day
    PRIMARY KEY (day, dataset)
);
