// SPDX-License-Identifier: Apache-2.0

package device_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/simplifiedchinese"
	"pgregory.net/rapid"

	"github.com/loopdesk/loopdesk/internal/desk/device"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

const sample = `资产编号,设备类型,型号,序列号,使用人,园区,楼栋,房间,状态,购入日期,保修到期
NB-0001,笔记本,ThinkPad X1,PF001,wang@q.example,苏州园区,A座,301,使用中,2024/3/1,2027年3月1日
PRN-01,打印机,M404,VN1,,苏州园区,A座,打印间,,,
`

func (r *room) upload(text string) device.Preview {
	r.Helper()
	x, err := r.Upload(r.Context(), r.admin, device.Import{Name: "台账.csv"}, []byte(text))
	if err != nil {
		r.Fatal(err)
	}
	p, err := r.Preview(r.Context(), r.admin, x.ID)
	if err != nil {
		r.Fatal(err)
	}
	return p
}

func TestN8_AFileIsAppliedOnceAndTheSecondTimeChangesNothing(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		gbk, err := simplifiedchinese.GBK.NewEncoder().String(sample)
		if err != nil {
			t.Fatal(err)
		}
		p := r.upload(gbk)
		if p.Encoding != "gb18030" || p.Tally[device.Added] != 2 {
			t.Fatalf("%s %+v", p.Encoding, p.Tally)
		}
		if list, _, err := r.List(t.Context(), r.agent, device.Filter{}); err != nil || len(list) != 0 {
			t.Fatalf("looking at it did something: %v %v", tags(list), err)
		}
		if _, err := r.Apply(t.Context(), r.admin, p.ID, false); err != nil {
			t.Fatal(err)
		}
		list, _, err := r.List(t.Context(), r.agent, device.Filter{})
		if err != nil || len(list) != 2 || list[0].Owner != r.wang.ID || list[0].Place.Label() != "苏州园区 · A座 · 301" || list[0].Warranty != "2027-03-01" || list[1].Kind != device.Printer {
			t.Fatalf("%+v %v", list, err)
		}
		again := r.upload(sample)
		if d := cmp.Diff(map[device.Verdict]int{device.Same: 2}, again.Tally); d != "" {
			t.Errorf("a second time: %s\n%+v", d, again.Changes)
		}
		if out, err := r.Apply(t.Context(), r.admin, again.ID, false); err != nil || out.New+out.Changed != 0 {
			t.Errorf("%+v %v", out, err)
		}
		if places, err := r.Places(t.Context(), r.agent); err != nil || len(places) != 2 {
			t.Errorf("%+v %v", places, err)
		}
	})
}

func TestN8_EveryWrongLineSaysWhyAndNothingIsHalfDone(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		r.device(device.Device{Tag: "OLD", Serial: "S-9"})
		p := r.upload(strings.Join([]string{
			"tag;kind;serial;owner;service;bought;state;unheard of",
			"A-1;laptop;S-1;;;;;",
			"a1;laptop;S-2;;;;;",            // 3: the tag of line 2
			"A-2;laptop;s1;;;;;",            // 4: the serial number of line 2
			"A-3;laptop;S-9;;;;;",           // 5: that of OLD
			"A-4;teapot;;;;;;",              // 6
			"A-5;laptop;;nobody@x;;;;",      // 7
			"A-6;laptop;;;no service;;;",    // 8
			"A-7;laptop;;;;yesterday;;",     // 9
			"A-8;laptop;;;;;broken;",        // 10
			";laptop;;;;;;",                 // 11
			"A-9;laptop;;;;;;;one too many", // 12
		}, "\n"))
		got := map[int64]string{}
		for _, c := range p.Changes {
			if c.Kind == device.Bad {
				got[c.Line.At] = c.Why.Key
			}
		}
		want := map[int64]string{
			3: "device.tag_twice", 4: "device.serial_twice", 5: "device.serial_taken", 6: "device.kind_word", 7: "device.owner_word",
			8: "device.service_word", 9: "device.day_shape", 10: "device.state_word", 11: "device.tag_length", 12: "directory.cells_many",
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
		if d := cmp.Diff([]string{"unheard of"}, p.Sheet.Ignored); d != "" {
			t.Error(d)
		}
		if _, err := r.Apply(t.Context(), r.admin, p.ID, false); errs.KindOf(err) != errs.Conflict {
			t.Errorf("applied with wrong lines: %v", err)
		}
		if list, _, _ := r.List(t.Context(), r.agent, device.Filter{}); len(list) != 1 {
			t.Errorf("half of it was done: %v", tags(list))
		}
		if out, err := r.Apply(t.Context(), r.admin, p.ID, true); err != nil || out.New != 1 || out.Left != 10 {
			t.Errorf("%+v %v", out, err)
		}
		_, err := r.Upload(t.Context(), r.admin, device.Import{}, []byte("型号,备注\nx,y"))
		field(t, "a file without tags", err, "file", "device.columns_needed")
		_, err = r.Upload(t.Context(), r.admin, device.Import{}, nil)
		field(t, "no file", err, "file", "directory.file_blank")
		for name, text := range map[string]string{"nothing below the head": "资产编号,型号\n", "empty lines": "资产编号,型号\n,\n"} {
			_, err := r.Upload(t.Context(), r.admin, device.Import{}, []byte(text))
			field(t, name, err, "file", "device.file_empty")
		}
		if _, err := r.Upload(t.Context(), r.agent, device.Import{}, []byte(sample)); errs.KindOf(err) != errs.Denied {
			t.Errorf("an agent imports: %v", err)
		}
	})
}

// A quote that is never closed spoils its own line and none behind it, as in a list of people.
func TestN8_AnOpenQuoteSwallowsNobody(t *testing.T) {
	t.Parallel()
	s, err := device.Read("资产编号,型号\nA-1,\"T14\nA-2,\"X1, 第二代\"\nA-3,\"两行\n的型号\"\n,,\nA-4,M70", ",")
	if err != nil {
		t.Fatal(err)
	}
	got := map[int64]string{}
	for _, l := range s.Lines {
		if got[l.At] = l.Values[device.Tag] + "=" + l.Values[device.Model]; l.Bad != nil {
			got[l.At] = l.Bad.Key
		}
	}
	want := map[int64]string{2: "directory.quote_open", 3: "A-2=X1, 第二代", 4: "A-3=两行\n的型号", 7: "A-4=M70"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// Whatever a file says, planning what it came to finds nothing to do.
func TestN8_APlanThatWasDoneIsDone(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		cell := rapid.SampledFrom([]string{"", "A-1", "a1", "B 2", "笔记本", "server", "S-1", "s1", "2026-01-02", "2026/13/1", "苏州", "A座", "使用中", "报废", "\"x", "=1+1"})
		columns := rapid.SliceOfNDistinct(rapid.SampledFrom(device.Fields()), 0, 6, rapid.ID[string]).Draw(t, "columns")
		if len(columns) == 0 || columns[0] != device.Tag {
			columns = append([]string{device.Tag}, columns...)
		}
		s := device.Sheet{}
		for _, c := range columns {
			if len(s.Fields) == 0 || c != device.Tag {
				s.Fields = append(s.Fields, c)
			}
		}
		for i := range rapid.IntRange(1, 6).Draw(t, "lines") {
			l := device.Line{At: int64(i + 2), Values: map[string]string{}}
			for _, c := range s.Fields {
				l.Values[c] = cell.Draw(t, c)
			}
			s.Lines = append(s.Lines, l)
		}
		known := device.Known{Owner: func(s string) (person.ID, bool) { return 7, s == "A-1" }}
		first := device.Plan(known, s)
		for i, c := range first {
			if c.Kind != device.Added && c.Kind != device.Bad {
				t.Fatalf("%d: %+v", i, c)
			}
			if c.Kind == device.Added {
				c.Now.ID = device.ID(i + 1)
				if c.Now.Place.Site != "" {
					c.Now.Place.ID = device.PlaceID(i + 1)
				}
				known.Devices = append(known.Devices, c.Now)
			}
		}
		second := device.Plan(known, s)
		for i, c := range second {
			if first[i].Kind == device.Added && c.Kind != device.Same {
				t.Fatalf("line %d became %s: %v\n%+v", i, c.Kind, c.Fields, fmt.Sprint(c.Was, c.Now))
			}
		}
	})
}
