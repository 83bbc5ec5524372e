package explore

import (
	"log/slog"
	"strings"
	"sync"
	"time"

	"parvis/internal/account"
	"parvis/internal/catalog"
	"parvis/internal/engine"
	"parvis/internal/fault"
	"parvis/internal/odsql"
	"parvis/internal/odsql/check"
)

// Limits on the rows of one answer where the asker names none.
const (
	DefaultRows   = 10     // records
	DefaultGroups = 20_000 // groups
)

// Options are what an Explorer stands on.
type Options struct {
	Engine  engine.Engine
	Catalog *catalog.Catalog
	Clock   func() time.Time // nil is time.Now
	Log     *slog.Logger     // nil is slog.Default()
}

// Explorer answers questions. All methods may be called at once from many goroutines.
type Explorer struct {
	engine  engine.Engine
	catalog *catalog.Catalog
	clock   func() time.Time
	log     *slog.Logger

	building sync.Mutex // held by the one who makes the next index
	indexed  indexHolder
}

// New makes an Explorer. The catalogue as data is built at the first question about it, or by Ready.
func New(o Options) *Explorer {
	x := &Explorer{engine: o.Engine, catalog: o.Catalog, clock: o.Clock, log: o.Log}
	if x.clock == nil {
		x.clock = time.Now
	}
	if x.log == nil {
		x.log = slog.Default()
	}
	return x
}

// schemaOf gives the schema of a dataset's rows. The version's fields decide on names, order and types;
// the description's, where they are the same, on labels and annotations, which change without new rows.
func schemaOf(e *catalog.Entry) check.Schema {
	fields := e.Version.Fields
	if len(e.Fields) == len(fields) {
		same := true
		for i, f := range e.Fields {
			same = same && f.Name == fields[i].Name && f.Type == fields[i].Type && f.List() == fields[i].List()
		}
		if same {
			fields = e.Fields
		}
	}
	return check.Schema{Fields: fields, Time: e.Version.Time, ID: e.ID}
}

// forRows finds a dataset whose rows the actor may see and which has rows.
func (x *Explorer) forRows(a account.Actor, id string) (*catalog.Entry, error) {
	return x.catalog.ForRows(a, id)
}

// emptySchema is that of a dataset without a version: its fields, and no rows.
func emptySchema(e *catalog.Entry) check.Schema {
	return check.Schema{Fields: e.Fields, Time: e.Described, ID: e.ID}
}

// checked reads a question against a dataset.
func (x *Explorer) checked(e *catalog.Entry, q odsql.Question) (*check.Plan, error) {
	schema := emptySchema(e)
	if e.HasRecords() {
		schema = schemaOf(e)
	}
	if len(schema.Fields) == 0 && strings.TrimSpace(q.Select) == "" && strings.TrimSpace(q.GroupBy) == "" {
		// Nothing is what * means here, and what the checker takes for a mistake.
		q.Select = "recordid"
		p, err := check.Check(q, schema, check.Env{Now: x.clock()})
		if err != nil {
			return nil, err
		}
		p.Columns, p.Select = nil, nil
		return p, nil
	}
	return check.Check(q, schema, check.Env{Now: x.clock()})
}

// noRecord is the answer to an identifier that no record has.
func noRecord(id string) error {
	return fault.New(fault.NotFound, "The requested record %s does not exist.", id)
}

// window gives the limit and offset that a question comes to: -1 or none is the default of its kind.
func window(q odsql.Question, p *check.Plan) (limit, offset int) {
	offset = max(q.Offset, 0)
	limit = DefaultRows
	if p.Grouped {
		limit = DefaultGroups
	}
	if q.Limit != nil && *q.Limit >= 0 {
		limit = *q.Limit
	}
	return limit, offset
}
