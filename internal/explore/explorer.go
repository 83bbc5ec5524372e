package explore

import (
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"parvis/internal/account"
	"parvis/internal/catalog"
	"parvis/internal/dataset"
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

	files *lru.Cache[string, dataset.FileValue] // files that rows hold, by revision and who is shown them

	building sync.Mutex // held by the one who makes the next index
	indexed  indexHolder
}

// New makes an Explorer. The catalogue as data is built at the first question about it, or by Ready.
func New(o Options) *Explorer {
	x := &Explorer{engine: o.Engine, catalog: o.Catalog, clock: o.Clock, log: o.Log}
	x.files, _ = lru.New[string, dataset.FileValue](4096) // only a size of none is an error
	if x.clock == nil {
		x.clock = time.Now
	}
	if x.log == nil {
		x.log = slog.Default()
	}
	return x
}

// CheckFilter tells what is wrong with a row filter over the fields of a dataset: an *odsql.Error, or nil.
func CheckFilter(fields []dataset.Field, filter string) error {
	return check.RowFilter(filter, check.Schema{Fields: fields}, check.Env{})
}

// schemaOf gives the schema of a dataset's rows to who asked for the entry: whole, with what they are not shown marked.
// The version's fields decide on names, order and types; the description's, where they are the same, on labels and
// annotations, which change without new rows.
func schemaOf(cut *catalog.Entry) check.Schema {
	s := check.Schema{Fields: cut.Fields, Time: cut.Described, ID: cut.ID, RecordKey: cut.Access.RecordKey}
	e := cut.Everything()
	if !e.HasRecords() {
		return s // its own fields, and no rows
	}
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
	s.Fields, s.Time = fields, e.Version.Time
	if len(cut.Version.Fields) < len(fields) {
		s.Hidden = make([]bool, len(fields))
		for i, f := range fields {
			s.Hidden[i] = !slices.ContainsFunc(cut.Version.Fields, func(shown dataset.Field) bool { return shown.Name == f.Name })
		}
	}
	return s
}

// forRows finds a dataset whose rows the actor may see and which has rows.
func (x *Explorer) forRows(a account.Actor, id string) (*catalog.Entry, error) {
	return x.catalog.ForRows(a, id)
}

// checked reads a question against a dataset as who asked for it may see it. This is where the access rule meets
// questions: fields that are not shown are unknown, and rows are those that the row filters let through, before anything is
// grouped, counted or cut into pages.
func (x *Explorer) checked(e *catalog.Entry, q odsql.Question) (*check.Plan, error) {
	schema := schemaOf(e)
	env := check.Env{Now: x.clock(), Rows: e.Access.Filters, Attributes: e.Access.Attributes}
	shown := len(e.Fields)
	if e.HasRecords() {
		shown = len(e.Version.Fields)
	}
	nothing := shown == 0 && strings.TrimSpace(q.Select) == "" && strings.TrimSpace(q.GroupBy) == ""
	if nothing {
		q.Select = "recordid" // nothing is what * means here, and what the checker takes for a mistake
	}
	p, err := check.Check(q, schema, env)
	if err != nil {
		return nil, err
	}
	if nothing {
		p.Columns, p.Select = nil, nil
	}
	if p.Broken {
		x.log.Warn("a row filter means nothing over the fields of its dataset, and shows no rows", "dataset", e.UID)
	}
	return p, nil
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
