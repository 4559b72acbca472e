// SPDX-License-Identifier: Apache-2.0

package sheet

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"

	"github.com/xuri/excelize/v2"
)

// Table is a sheet. A cell is a string, an int64 or a Share.
type Table struct {
	Name string // of the sheet, 1–31 characters without []:*?/\ and '
	Head []string
	Rows [][]any
}

// Share is a part of a whole in tenths of a percent; negative where there is no whole.
type Share int64

// The media types.
const (
	CSVType  = "text/csv; charset=utf-8"
	XLSXType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)

// mark tells spreadsheet programs that the text is UTF-8.
const mark = "\uFEFF"

// CSV writes one table: RFC 4180, UTF-8 with a byte order mark, numbers with a point.
func CSV(w io.Writer, t Table) error {
	if _, err := io.WriteString(w, mark); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	row := make([]string, 0, len(t.Head))
	for _, h := range t.Head {
		row = append(row, Harmless(h))
	}
	if err := out.Write(row); err != nil {
		return err
	}
	for _, cells := range t.Rows {
		row = row[:0]
		for _, c := range cells {
			row = append(row, text(c))
		}
		if err := out.Write(row); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

func text(cell any) string {
	switch c := cell.(type) {
	case int64:
		return strconv.FormatInt(c, 10)
	case Share:
		if c < 0 {
			return ""
		}
		return fmt.Sprintf("%d.%d%%", c/10, c%10)
	case string:
		return Harmless(c)
	}
	return Harmless(fmt.Sprint(cell))
}

// Harmless puts an apostrophe before a text that a spreadsheet program could take for a formula:
// one that begins, behind blanks and quotes, with = + - @, their full-width forms or a control
// character. NUL is taken out.
func Harmless(s string) string {
	s = strings.ReplaceAll(s, "\x00", "")
	body := strings.TrimLeftFunc(s, func(r rune) bool {
		return r != '\t' && r != '\r' && r != '\n' && (unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) || strings.ContainsRune(`"'“”‘’`, r))
	})
	first, _ := firstRune(body)
	if strings.ContainsRune("=+-@＝＋－＠﹢﹣−|%", first) && first != 0 || unicode.IsControl(first) && body != "" {
		return "'" + s
	}
	return s
}

// Plain is a text without the apostrophe that Harmless put before it, for whoever reads a table of ours
// again.
func Plain(s string) string {
	if bare, marked := strings.CutPrefix(s, "'"); marked && Harmless(bare) == s {
		return bare
	}
	return s
}

func firstRune(s string) (rune, bool) {
	for _, r := range s {
		return r, true
	}
	return 0, false
}

// XLSX writes tables as the sheets of one file, the head of each in bold and kept in sight.
func XLSX(w io.Writer, tables ...Table) (err error) {
	f := excelize.NewFile()
	defer func() {
		if e := f.Close(); err == nil {
			err = e
		}
	}()
	bold, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return err
	}
	const percent = 10 // "0.00%" of the built-in formats
	share, err := f.NewStyle(&excelize.Style{NumFmt: percent})
	if err != nil {
		return err
	}
	for i, t := range tables {
		if i == 0 {
			err = f.SetSheetName("Sheet1", t.Name)
		} else {
			_, err = f.NewSheet(t.Name)
		}
		if err != nil {
			return err
		}
		if err := fill(f, t, bold, share); err != nil {
			return err
		}
	}
	return f.Write(w)
}

// fill streams the rows: a file of them is never held as cells.
func fill(f *excelize.File, t Table, bold, share int) error {
	out, err := f.NewStreamWriter(t.Name)
	if err != nil {
		return err
	}
	if err := out.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	if err := out.SetColWidth(1, max(len(t.Head), 1), 16); err != nil {
		return err
	}
	row := make([]any, 0, len(t.Head))
	for _, h := range t.Head {
		row = append(row, excelize.Cell{StyleID: bold, Value: h})
	}
	if err := out.SetRow("A1", row); err != nil {
		return err
	}
	for i, cells := range t.Rows {
		row = row[:0]
		for _, c := range cells {
			if s, ok := c.(Share); ok {
				if c = nil; s >= 0 {
					c = excelize.Cell{StyleID: share, Value: float64(s) / 1000}
				}
			}
			row = append(row, c)
		}
		if err := out.SetRow("A"+strconv.Itoa(i+2), row); err != nil {
			return err
		}
	}
	return out.Flush()
}
