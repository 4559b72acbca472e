// SPDX-License-Identifier: Apache-2.0

package sheet_test

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"github.com/loopdesk/loopdesk/internal/kit/sheet"
)

// hostile are texts that a spreadsheet program runs when it takes them for formulas.
func hostile() []string {
	return []string{
		`=cmd|'/C calc'!A0`, `+1+1`, `-2+3`, `@SUM(1)`, "\t=1", "\r=1", "\n=1", "\x00=1", ` =1`, `"=1`, `'=1`, "\u00a0=1", "\u200b=1",
		`＝1`, `＋1`, `－1`, `＠SUM(1)`, `“=1`, `%0A=1`, `=HYPERLINK("http://x.example")`, "\ufeff=1",
	}
}

func TestS71_A09_NoTextOfACSVIsAFormula(t *testing.T) {
	t.Parallel()
	for _, s := range hostile() {
		var b bytes.Buffer
		if err := sheet.CSV(&b, sheet.Table{Head: []string{s}, Rows: [][]any{{s}}}); err != nil {
			t.Fatal(err)
		}
		text, marked := strings.CutPrefix(b.String(), "\uFEFF")
		rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
		if err != nil || !marked || len(rows) != 2 {
			t.Fatalf("%q: %v, %d rows", s, err, len(rows))
		}
		for _, row := range rows {
			if !strings.HasPrefix(row[0], "'") || strings.ContainsRune(row[0], 0) {
				t.Errorf("%q is written %q", s, row[0])
			}
		}
	}
	for _, s := range hostile() {
		if got, want := sheet.Plain(sheet.Harmless(s)), strings.ReplaceAll(s, "\x00", ""); got != want {
			t.Errorf("%q is read again as %q", want, got)
		}
	}
	for _, s := range []string{"网络组", "P1", "a=b", "5 - 3", "", "“引用”"} {
		if got := sheet.Harmless(s); got != s {
			t.Errorf("%q became %q", s, got)
		}
		if got := sheet.Plain("'" + s); got != "'"+s {
			t.Errorf("an apostrophe of somebody's own before %q is gone: %q", s, got)
		}
	}
}

func TestS71_A09_NoTextOfAnXLSXIsAFormula(t *testing.T) {
	t.Parallel()
	table := sheet.Table{Name: "时钟", Head: hostile()}
	row := []any{}
	for _, s := range hostile() {
		row = append(row, s)
	}
	table.Rows = [][]any{row}
	var b bytes.Buffer
	if err := sheet.XLSX(&b, table); err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(f.Name, "xl/worksheets/") && (bytes.Contains(text, []byte("<f>")) || bytes.Contains(text, []byte("<f "))) {
			t.Errorf("%s holds a formula", f.Name)
		}
	}
}

func TestAFileIsReadBack(t *testing.T) {
	t.Parallel()
	tables := []sheet.Table{
		{Name: "一", Head: []string{"周", "数", "率"}, Rows: [][]any{{"2026-03-02", int64(3), sheet.Share(995)}, {"2026-03-09", int64(0), sheet.Share(-1)}}},
		{Name: "二", Head: []string{"x"}},
	}
	var b bytes.Buffer
	if err := sheet.XLSX(&b, tables...); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := f.GetRows("一")
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([][]string{{"周", "数", "率"}, {"2026-03-02", "3", "99.50%"}, {"2026-03-09", "0"}}, rows); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"一", "二"}, f.GetSheetList()); d != "" {
		t.Error(d)
	}
	var c bytes.Buffer
	if err := sheet.CSV(&c, tables[0]); err != nil {
		t.Fatal(err)
	}
	if want := "\uFEFF周,数,率\r\n2026-03-02,3,99.5%\r\n2026-03-09,0,\r\n"; c.String() != want {
		t.Errorf("%q", c.String())
	}
}
