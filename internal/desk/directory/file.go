// SPDX-License-Identifier: Apache-2.0

package directory

import (
	"bytes"
	"encoding/csv"
	"iter"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/sheet"
)

// MaxFile is the greatest size of a file of people in bytes.
const MaxFile = 8 << 20

// MaxEntries is the greatest number of people in one file.
const MaxEntries = 100_000

// The encodings that a file may be in; empty finds out.
const (
	UTF8    = "utf-8"
	UTF16   = "utf-16"
	GB18030 = "gb18030"
)

// Encodings lists what can be chosen.
func Encodings() []string { return []string{UTF8, GB18030, UTF16} }

// Commas are what may stand between cells; empty finds out.
func Commas() []string { return []string{",", ";", "\t", "|"} }

// Decode brings a file to text. What is no UTF-8 was written by a Chinese spreadsheet, which means
// GB18030, whatever its age (GBK and GB 2312 are parts of it).
func Decode(raw []byte, encoding string) (text, used string, err error) {
	if len(raw) > MaxFile {
		return "", "", errs.Field("file", "directory.file_large", "Max", MaxFile>>20)
	}
	if encoding == "" {
		switch {
		case bytes.HasPrefix(raw, []byte("\xFF\xFE")), bytes.HasPrefix(raw, []byte("\xFE\xFF")):
			encoding = UTF16
		case utf8.Valid(raw):
			encoding = UTF8
		default:
			encoding = GB18030
		}
	}
	out := raw
	switch encoding {
	case UTF8:
	case UTF16:
		out, err = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Bytes(raw)
	case GB18030:
		out, err = simplifiedchinese.GB18030.NewDecoder().Bytes(raw)
	default:
		return "", "", errs.Field("encoding", "directory.encoding_unknown")
	}
	if err != nil {
		return "", "", errs.Field("file", "directory.file_unreadable")
	}
	text = strings.TrimPrefix(strings.ToValidUTF8(string(out), "\uFFFD"), "\uFEFF")
	text = strings.NewReplacer("\x00", "", "\r\n", "\n", "\r", "\n").Replace(text)
	if strings.TrimSpace(text) == "" {
		return "", "", errs.Field("file", "directory.file_blank")
	}
	return text, encoding, nil
}

// CommaOf finds out what stands between the cells, by the first line.
func CommaOf(text string) string {
	head, _, _ := strings.Cut(text, "\n")
	best, most := ",", 0
	for _, c := range Commas() {
		if n := strings.Count(head, c); n > most {
			best, most = c, n
		}
	}
	return best
}

// Sheet is a file as it was read.
type Sheet struct {
	Batch
	Ignored []string // columns that mean nothing here
}

// Read takes a file apart. The first line names the columns, in Chinese or English, in any order;
// several may hold telephone numbers. Invalid where it cannot be a list of people at all; a line
// that is wrong is an entry that says why.
func Read(text, comma, lang string) (Sheet, error) {
	if !slices.Contains(Commas(), comma) {
		return Sheet{}, errs.Field("comma", "directory.comma_unknown")
	}
	head, rows := Rows(text, comma)
	s := Sheet{Batch: Batch{Source: CSV, Lang: lang}}
	columns := make([]string, len(head))
	for i, name := range head {
		columns[i] = columnOf(name)
		switch {
		case columns[i] == "":
			if name = person.CleanName(name); name != "" {
				s.Ignored = append(s.Ignored, name)
			}
		case columns[i] != Phone && columns[i] != Devices && slices.Contains(s.Fields, columns[i]):
			return Sheet{}, errs.Field("file", "directory.column_twice", "Name", person.CleanName(name))
		case !slices.Contains(s.Fields, columns[i]):
			s.Fields = append(s.Fields, columns[i])
		}
	}
	if !slices.Contains(s.Fields, Name) || !slices.Contains(s.Fields, Email) {
		return Sheet{}, errs.Field("file", "directory.columns_needed")
	}
	for r := range rows {
		e := entryOf(columns, r.Cells)
		e.Line, e.Text = r.At, shorten(r.Text)
		if !r.Whole {
			e.Bad = &errs.FieldError{Name: "file", Key: "directory.quote_open"}
		}
		if s.Entries = append(s.Entries, e); len(s.Entries) > MaxEntries {
			return Sheet{}, errs.Field("file", "directory.file_long", "Max", MaxEntries)
		}
	}
	if len(s.Entries) == 0 {
		return Sheet{}, errs.Field("file", "directory.file_empty")
	}
	return s, nil
}

// longestRow bounds the lines over which one quoted cell goes on: a quote that is never closed must
// not swallow everybody behind it.
const longestRow = 20

// Cells are those of one line of a file.
type Cells struct {
	At    int64 // of the line in the file, from 1
	Cells []string
	Text  string // as it came
	Whole bool   // false where a quote was never closed
}

// Rows takes a file apart into its heading and the lines below it that say anything: spreadsheets write
// the commas of rows that were emptied. Every list that people upload is read by it.
func Rows(text, comma string) (head []string, rows iter.Seq[Cells]) {
	lines := strings.Split(text, "\n")
	head, first, _ := row(lines, 0, rune(comma[0]))
	return head, func(yield func(Cells) bool) {
		for at := first; at < len(lines); {
			cells, next, whole := row(lines, at, rune(comma[0]))
			r := Cells{int64(at + 1), cells, strings.Join(lines[at:next], "\n"), whole}
			if at = next; strings.TrimSpace(strings.Join(cells, "")) != "" && !yield(r) {
				return
			}
		}
	}
}

// row reads the cells that begin on a line, and returns the line behind them. whole is false where
// a quote was never closed: the line alone is taken then.
func row(lines []string, at int, comma rune) (cells []string, next int, whole bool) {
	text := lines[at]
	for next = at + 1; strings.Count(text, `"`)%2 == 1; next++ {
		if next >= len(lines) || next-at >= longestRow {
			return strings.Split(lines[at], string(comma)), at + 1, false
		}
		text += "\n" + lines[next]
	}
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.FieldsPerRecord, r.TrimLeadingSpace = comma, -1, comma != '\t'
	r.LazyQuotes = next == at+1 // over several lines quotes stand where they belong, or one was never closed
	cells, err := r.Read()
	if err != nil {
		return strings.Split(lines[at], string(comma)), at + 1, false
	}
	return cells, next, true
}

// shorten keeps of a line what somebody needs to find it.
func shorten(s string) string {
	const most = 1000
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

func entryOf(columns, cells []string) Entry {
	e := Entry{Values: map[string]string{}, Active: true}
	if len(cells) > len(columns) && strings.TrimSpace(strings.Join(cells[len(columns):], "")) != "" {
		e.Bad = &errs.FieldError{Name: "file", Key: "directory.cells_many", Args: []any{"Have", len(cells), "Want", len(columns)}}
	}
	for i, column := range columns {
		v := ""
		if i < len(cells) {
			v = sheet.Plain(strings.TrimSpace(cells[i]))
		}
		switch column {
		case "":
		case Phone:
			e.Phones = append(e.Phones, person.ReadLines(v).List()...)
		case Devices:
			e.Values[Devices] = string(person.ReadLines(e.Values[Devices] + "\n" + v))
		case Active:
			on, known := activeWord(v)
			if e.Active = on; !known {
				e.Bad = &errs.FieldError{Name: Active, Key: "directory.active_unknown", Args: []any{"Text", shorten(v)}}
			}
		default:
			e.Values[column] = v
		}
	}
	return e
}

// columnOf is the field that a column holds, by its heading; "" for none.
func columnOf(head string) string {
	head = strings.ToLower(strings.NewReplacer(" ", "", "_", "", "-", "", "　", "", "(", "", ")", "").Replace(person.CleanName(head)))
	words := map[string]string{
		ID:         "id,工号,员工号,员工编号,人员编号,employeeid,employeenumber,staffid,key,uid,编号",
		Name:       "姓名,名字,名称,name,fullname,displayname,员工姓名",
		Email:      "邮箱,电子邮箱,电子邮件,邮件,email,mail,emailaddress,企业邮箱",
		Phone:      "电话,手机,手机号,座机,分机,联系电话,固话,phone,telephone,phonenumber,mobile,extension,telephonenumber,电话号码,办公电话,phone1,phone2,phone3",
		Department: "部门,所属部门,department,dept,组织,orgunit,division",
		Place:      "地点,位置,办公地点,工位,座位,place,location,office,building,site",
		Title:      "职务,职位,岗位,title,jobtitle,position",
		Manager:    "上级,直属上级,经理,主管,manager,supervisor,reportsto",
		Devices:    "设备,电脑,资产,资产编号,devices,device,computer,asset,assets",
		Active:     "在职,状态,启用,在职状态,active,status,enabled,state",
	}
	for field, list := range words {
		if slices.Contains(strings.Split(list, ","), head) && head != "" {
			return field
		}
	}
	return ""
}

// activeWord reads whether somebody still works there; nothing said means that they do.
func activeWord(s string) (on, known bool) {
	switch strings.ToLower(person.CleanName(s)) {
	case "", "1", "yes", "y", "true", "active", "enabled", "是", "在职", "启用", "正常", "on", "试用":
		return true, true
	case "0", "no", "n", "false", "inactive", "disabled", "否", "离职", "停用", "禁用", "off", "left":
		return false, true
	}
	return false, false
}
