// SPDX-License-Identifier: Apache-2.0

package scenario_test

import (
	"context"
	"slices"
	"strings"

	"github.com/loopdesk/loopdesk/internal/kit/db"
)

// state writes every table of the house down, row by row, on either engine. Two states that
// are equal differ in nothing that is kept.
func (w *world) state() string {
	w.Helper()
	var b strings.Builder
	for _, table := range w.tables() {
		b.WriteString(table + "\n" + w.rows(table))
	}
	return b.String()
}

// rows writes one table down.
func (w *world) rows(table string) string {
	w.Helper()
	var b strings.Builder
	for _, row := range slices.Sorted(slices.Values(w.column(w.rowText(table)))) {
		b.WriteString("  " + row + "\n")
	}
	return b.String()
}

// column reads the first column of every row.
func (w *world) column(text string, args ...any) []string {
	w.Helper()
	list, err := db.All(w.Context(), w.DB, func(r db.Row) (s string, err error) {
		err = r.Scan(&s)
		return s, err
	}, text, args...)
	if err != nil {
		w.Fatalf("%s: %v", text, err)
	}
	return list
}

// tables are all of them but what the engine keeps for itself.
func (w *world) tables() []string {
	w.Helper()
	list := w.column(db.Pair{
		SQLite:   `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name`,
		Postgres: `SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' ORDER BY table_name`,
	}.For(w.DB.Engine()))
	if len(list) < 15 {
		w.Fatalf("only %d tables: %v", len(list), list)
	}
	return list
}

// rowText writes each row of a table as one text.
func (w *world) rowText(table string) string {
	w.Helper()
	if w.DB.Engine() == db.Postgres {
		return `SELECT row_to_json(t)::text FROM "` + table + `" t`
	}
	var columns []string
	for _, c := range w.column(`SELECT name FROM pragma_table_info($1)`, table) {
		columns = append(columns, `quote("`+c+`")`)
	}
	return `SELECT ` + strings.Join(columns, ` || ',' || `) + ` FROM "` + table + `"`
}

// statement runs one behind everybody's back.
func (w *world) statement(text string) {
	w.Helper()
	err := w.DB.Write(w.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := db.Exec(ctx, tx, text)
		return err
	})
	if err != nil {
		w.Fatalf("%s: %v", text, err)
	}
}
