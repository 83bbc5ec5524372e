package duckdb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"strings"

	driverpkg "github.com/duckdb/duckdb-go/v2"

	"parvis/internal/geo"
)

// function is a scalar function of generated SQL. A null among the arguments gives null, and so does a panic:
// no row may bring the process down.
type function struct {
	config driverpkg.ScalarFuncConfig
	chunk  driverpkg.ChunkContextExecutorFn
}

func (f *function) Config() driverpkg.ScalarFuncConfig { return f.config }

func (f *function) Executor() driverpkg.ScalarFuncExecutor {
	return driverpkg.ScalarFuncExecutor{ChunkContextExecutor: f.chunk}
}

// registerFunctions makes the functions of generated SQL known to every connection of an instance:
//
//	parvis_intersects(wkb BLOB, query BLOB) BOOLEAN    also parvis_within, parvis_disjoint
//	parvis_point_in(lon DOUBLE, lat DOUBLE, query BLOB) BOOLEAN
//	parvis_distance(wkb BLOB, lon DOUBLE, lat DOUBLE) DOUBLE, metres to the nearest point of the shape
//	parvis_hull(lons DOUBLE[], lats DOUBLE[]) BLOB
//	parvis_box(west, south, east, north DOUBLE) BLOB
//	parvis_point(lon, lat DOUBLE) BLOB
//
// Shapes are well-known binary. The first four are macros: parvis_prepare makes the query's shape ready once,
// while the statement is planned, and the rows are given its number only, for each of them would be given a
// copy of the shape.
func registerFunctions(conn *sql.Conn) error {
	shapes, err := newPreparedShapes()
	if err != nil {
		return fmt.Errorf("register functions: %w", err)
	}
	relation := func(test func(p *geo.Prepared, wkb []byte) bool) rowFunc {
		return func(p *geo.Prepared, args []driver.Value) any { return test(p, args[0].([]byte)) }
	}
	const blob, double, truth, number = driverpkg.TYPE_BLOB, driverpkg.TYPE_DOUBLE, driverpkg.TYPE_BOOLEAN, driverpkg.TYPE_BIGINT
	for _, f := range []struct {
		name   string
		result driverpkg.Type
		args   []driverpkg.Type
		row    rowFunc
	}{
		{"parvis_prepare", number, []driverpkg.Type{blob}, func(_ *geo.Prepared, args []driver.Value) any {
			return shapes.prepare(args[0].([]byte))
		}},
		{"parvis_intersects_prepared", truth, []driverpkg.Type{blob, number}, relation((*geo.Prepared).Intersects)},
		{"parvis_within_prepared", truth, []driverpkg.Type{blob, number}, relation((*geo.Prepared).Within)},
		{"parvis_disjoint_prepared", truth, []driverpkg.Type{blob, number}, relation((*geo.Prepared).Disjoint)},
		{"parvis_point_in_prepared", truth, []driverpkg.Type{double, double, number}, func(p *geo.Prepared, args []driver.Value) any {
			return p.PointIn(args[0].(float64), args[1].(float64))
		}},
		{"parvis_distance", double, []driverpkg.Type{blob, double, double}, func(_ *geo.Prepared, args []driver.Value) any {
			metres, ok := geo.DistanceTo(args[0].([]byte), args[1].(float64), args[2].(float64))
			if !ok {
				return nil
			}
			return metres
		}},
		{"parvis_box", blob, []driverpkg.Type{double, double, double, double}, func(_ *geo.Prepared, args []driver.Value) any {
			return bytesOrNull(geo.Box(args[0].(float64), args[1].(float64), args[2].(float64), args[3].(float64)))
		}},
		{"parvis_point", blob, []driverpkg.Type{double, double}, func(_ *geo.Prepared, args []driver.Value) any {
			return bytesOrNull(geo.PointWKB(args[0].(float64), args[1].(float64)))
		}},
		{"parvis_hull", blob, []driverpkg.Type{0, 0}, func(_ *geo.Prepared, args []driver.Value) any {
			lons, lats := floats(args[0]), floats(args[1])
			if len(lons) != len(lats) {
				return nil
			}
			return bytesOrNull(geo.Hull(lons, lats))
		}},
	} {
		config := driverpkg.ScalarFuncConfig{}
		if config.ResultTypeInfo, err = driverpkg.NewTypeInfo(f.result); err != nil {
			return fmt.Errorf("register %s: %w", f.name, err)
		}
		for _, t := range f.args {
			info, err := argument(t)
			if err != nil {
				return fmt.Errorf("register %s: %w", f.name, err)
			}
			config.InputTypeInfos = append(config.InputTypeInfos, info)
		}
		if err := driverpkg.RegisterScalarUDF(conn, f.name, f.row.function(f.name, config, shapes)); err != nil {
			return fmt.Errorf("register %s: %w", f.name, err)
		}
	}
	for _, macro := range []string{
		"parvis_intersects(wkb, query) AS parvis_intersects_prepared(wkb, parvis_prepare(query))",
		"parvis_within(wkb, query) AS parvis_within_prepared(wkb, parvis_prepare(query))",
		"parvis_disjoint(wkb, query) AS parvis_disjoint_prepared(wkb, parvis_prepare(query))",
		"parvis_point_in(lon, lat, query) AS parvis_point_in_prepared(lon, lat, parvis_prepare(query))",
	} {
		if _, err := conn.ExecContext(context.Background(), "CREATE MACRO "+macro); err != nil {
			return fmt.Errorf("register %s: %w", macro, err)
		}
	}
	return nil
}

// argument gives the description of an argument's type; 0 stands for DOUBLE[].
func argument(t driverpkg.Type) (driverpkg.TypeInfo, error) {
	if t != 0 {
		return driverpkg.NewTypeInfo(t)
	}
	element, err := driverpkg.NewTypeInfo(driverpkg.TYPE_DOUBLE)
	if err != nil {
		return nil, err
	}
	return driverpkg.NewListInfo(element)
}

// rowFunc computes one row. No argument is null. A function whose last argument is the number of a prepared
// shape is given the shape.
type rowFunc func(p *geo.Prepared, args []driver.Value) any

// function makes a function of DuckDB.
func (f rowFunc) function(name string, config driverpkg.ScalarFuncConfig, shapes *preparedShapes) *function {
	withShape := strings.HasSuffix(name, "_prepared")
	return &function{config: config, chunk: func(_ context.Context, chunk *driverpkg.ChunkIteratorState) error {
		var shape *geo.Prepared
		var number any // of shape: nearly always the same for all rows
		args := make([]driver.Value, chunk.ColumnCount())
		for row, err := range chunk.Rows() {
			if err != nil {
				return err
			}
			for i := range args {
				args[i] = *row.GetValuePtr(i)
			}
			if last := args[len(args)-1]; withShape && last != number {
				number = last
				if shape, err = shapes.numbered(last.(int64)); err != nil {
					return fmt.Errorf("%s: %w", name, err)
				}
			}
			if err := row.SetResult(f.safely(shape, args)); err != nil {
				return err
			}
		}
		return nil
	}}
}

// safely answers null where computing panics.
func (f rowFunc) safely(p *geo.Prepared, args []driver.Value) (result any) {
	defer func() {
		if recover() != nil {
			result = nil
		}
	}()
	return f(p, args)
}

// floats gives the numbers of a list, without its nulls.
func floats(list any) []float64 {
	values, _ := list.([]any)
	numbers := make([]float64, 0, len(values))
	for _, v := range values {
		if f, ok := v.(float64); ok {
			numbers = append(numbers, f)
		}
	}
	return numbers
}

func bytesOrNull(b []byte) any {
	if len(b) == 0 {
		return nil
	}
	return b
}
