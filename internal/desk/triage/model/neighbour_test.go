// SPDX-License-Identifier: Apache-2.0

package model_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/loopdesk/loopdesk/internal/desk/triage/model"
)

// The neighbours of all texts at once are those that each has when it is asked about alone.
func TestN7_NeighboursAreWhatIsAlike(t *testing.T) {
	t.Parallel()
	p := model.NewPool()
	var texts []model.Text
	things, ills := []string{"打印机", "VPN", "邮箱", "outlook", "显示器"}, []string{"连不上", "很慢", "keeps crashing", "报错 ERR-691", "密码过期", "shows nothing"}
	for i := range 90 {
		texts = append(texts, model.Text{Subject: things[i%5], Body: fmt.Sprint(things[i%5], ills[i%6], " ", i/6)})
		p.Add(int64(100+i), texts[i])
	}
	all := p.Neighbours(6, 0.15, 0)
	if len(all) != len(texts) {
		t.Fatalf("%d lists of neighbours for %d texts", len(all), len(texts))
	}
	compared := 0
	for i, near := range all {
		want := p.Alike(int64(100+i), texts[i], 6, nil)
		for k, m := range near {
			if m.Key != want[k].Key || math.Abs(m.Share-want[k].Share) > 1e-6 {
				t.Fatalf("text %d, neighbour %d: %+v, alone %+v", i, k, m, want[k])
			}
			compared++
		}
		if len(near) < len(want) && want[len(near)].Share >= 0.15+1e-6 {
			t.Errorf("text %d: %d neighbours, alone %d", i, len(near), len(want))
		}
	}
	if compared < 100 {
		t.Errorf("only %d neighbours were compared", compared)
	}
}

// A word that a great many texts hold does not keep what is next to a text from being found.
func TestN7_NeighboursAreFoundAmongAThousandAlikes(t *testing.T) {
	t.Parallel()
	p := model.NewPool()
	for i := range 1500 {
		p.Add(int64(i), model.Text{Body: fmt.Sprint("磁盘使用率过高 host-", i)})
	}
	for i, near := range p.Neighbours(5, 0, 0) {
		if len(near) != 5 {
			t.Fatalf("text %d has %d neighbours", i, len(near))
		}
	}
}
