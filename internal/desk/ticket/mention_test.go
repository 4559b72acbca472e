// SPDX-License-Identifier: Apache-2.0

package ticket_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

func TestWhomANoteCalls(t *testing.T) {
	t.Parallel()
	staff := []person.Person{
		{ID: 1, Name: "陈立"}, {ID: 2, Name: "陈立新"}, {ID: 3, Name: "Tom Hale"}, {ID: 4, Name: "Tom"}, {ID: 5, Name: "李娜"}, {ID: 6, Name: "李娜"},
	}
	for text, want := range map[string][]person.ID{
		"@陈立 看一下":                      {1},
		"@陈立新 看一下，@陈立 也看":              {2, 1},
		"请@陈立看":                        {1},
		"＠陈立 看":                        {1},
		"@陈立 @陈立":                      {1},
		"@tom hale can you":            {3},
		"@Tom, please":                 {4},
		"@Tommy":                       nil,
		"mail a@Tom.example":           nil,
		"x@陈立":                         nil,
		"(@Tom Hale)":                  {3},
		"nobody":                       nil,
		"@":                            nil,
		"@李娜 哪一位":                      nil, // two have this name, and nobody was chosen
		"@王海燕 不是同事":                    nil,
		"first line\n@Tom second line": {4},
	} {
		var got []person.ID
		for _, m := range ticket.Mentions(text, staff, nil) {
			got = append(got, m.Person)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
	if d := cmp.Diff([]ticket.Mention{{Person: 6, Name: "李娜"}}, ticket.Mentions("@李娜 您好", staff, []person.ID{6, 1})); d != "" {
		t.Error(d) // the one who was chosen, and nobody who does not stand in the text
	}
}
