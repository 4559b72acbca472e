// SPDX-License-Identifier: Apache-2.0

package directory_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"pgregory.net/rapid"

	"github.com/loopdesk/loopdesk/internal/desk/directory"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

const people = "工号,姓名,邮箱,手机,分机,部门,在职\n" +
	"1001,王海燕,wang@q.example,138 0000 1111,8009,财务部,是\n" +
	"1002,单立,shan@q.example,,8010,网络部,离职\n"

func read(t *testing.T, text string) directory.Sheet {
	t.Helper()
	s, err := directory.Read(text, directory.CommaOf(text), "zh-CN")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestN15_AFileIsReadInEveryEncodingAndWithEverySeparator(t *testing.T) {
	t.Parallel()
	want := read(t, people).Entries
	if got := want[0]; !slices.Equal(got.Phones, []string{"138 0000 1111", "8009"}) || got.Values[directory.Name] != "王海燕" || !got.Active || want[1].Active {
		t.Fatalf("%+v", want)
	}
	gb, err := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(people))
	if err != nil {
		t.Fatal(err)
	}
	wide, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().Bytes([]byte(people))
	if err != nil {
		t.Fatal(err)
	}
	for name, raw := range map[string][]byte{
		directory.UTF8: []byte(people), directory.GB18030: gb, directory.UTF16: wide, "utf-8 with a mark": []byte("\uFEFF" + strings.ReplaceAll(people, "\n", "\r\n")),
	} {
		text, used, err := directory.Decode(raw, "")
		if err != nil || !strings.HasPrefix(name, used) || text != people {
			t.Errorf("%s: taken for %q, %v\n%q", name, used, err, text)
		}
	}
	for _, comma := range directory.Commas() {
		text := strings.ReplaceAll(people, ",", comma)
		got := read(t, text).Entries
		for i := range got {
			got[i].Text = want[i].Text
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%q: %s", comma, d)
		}
	}
}

func TestN15_NothingIsLostOnABadLine(t *testing.T) {
	t.Parallel()
	s := read(t, "name,email,active,pet\n"+
		"Ann,ann@q.example,yes,cat\n"+
		"\"Never closed,bob@q.example,yes,\n"+
		"Cid,cid@q.example,perhaps,\n"+
		"\n"+
		"\"Dora\nLee\",dora@q.example,no,\n"+
		"Eve,eve@q.example,yes,dog,more,cells\n"+
		"Short\n"+
		",,,\n"+
		" ,\"\"\n")
	var got []string
	for _, e := range s.Entries {
		why := ""
		if e.Bad != nil {
			why = e.Bad.Key
		}
		got = append(got, fmt.Sprintf("%d %s", e.Line, why))
	}
	want := []string{"2 ", "3 directory.quote_open", "4 directory.active_unknown", "6 ", "8 directory.cells_many", "9 "}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if !slices.Equal(s.Ignored, []string{"pet"}) {
		t.Errorf("ignored %v", s.Ignored)
	}
}

func TestN15_WhatIsNoListOfPeopleIsRefused(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ text, comma, key string }{
		"no address":      {"姓名,电话\n王,1\n", ",", "directory.columns_needed"},
		"a column twice":  {"name,email,email\na,b,c\n", ",", "directory.column_twice"},
		"nobody":          {"name,email\n\n", ",", "directory.file_empty"},
		"a comma of ours": {"name,email\na,b\n", "x", "directory.comma_unknown"},
	} {
		_, err := directory.Read(tt.text, tt.comma, "en")
		if e := errs.As(err); e == nil || len(e.Fields) != 1 || e.Fields[0].Key != tt.key {
			t.Errorf("%s: %v, want %s", name, err, tt.key)
		}
	}
	for name, tt := range map[string]struct {
		raw      []byte
		encoding string
		key      string
	}{
		"empty":        {[]byte(" \n"), "", "directory.file_blank"},
		"too large":    {make([]byte, directory.MaxFile+1), "", "directory.file_large"},
		"ebcdic":       {[]byte("x"), "cp037", "directory.encoding_unknown"},
		"a mark alone": {[]byte("\xFF\xFE"), "", "directory.file_blank"},
	} {
		_, _, err := directory.Decode(tt.raw, tt.encoding)
		if e := errs.As(err); e == nil || len(e.Fields) != 1 || e.Fields[0].Key != tt.key {
			t.Errorf("%s: %v, want %s", name, err, tt.key)
		}
	}
}

// Every line with anything in its cells is an entry, in order, whatever stands in it.
func TestN15_EveryLineIsSomewhere(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		lines := rapid.SliceOfN(rapid.StringOfN(rapid.RuneFrom([]rune("ab\",;| 王\t@.")), 1, 20, -1), 1, 30).Draw(t, "lines")
		s, err := directory.Read("name,email\n"+strings.Join(lines, "\n"), ",", "en")
		if err != nil {
			return // nothing but blanks
		}
		at := int64(1)
		for _, e := range s.Entries {
			for l := at + 1; l < e.Line; l++ {
				if strings.Trim(lines[l-2], "\", \t") != "" {
					t.Fatalf("line %d is nowhere: %q", l, lines)
				}
			}
			at = e.Line + int64(strings.Count(e.Text, "\n"))
		}
	})
}
