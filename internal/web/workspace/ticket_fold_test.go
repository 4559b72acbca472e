// SPDX-License-Identifier: Apache-2.0

package workspace_test

import (
	"fmt"
	"strings"
	"testing"
)

// A long message stands open in part; its end is on the page, one click away, and nothing of it is lost.
func TestALongMessageIsFolded(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	for i := range 60 {
		fmt.Fprintf(&log, "第 %02d 行：spooler 又停了\n", i)
	}
	p := openPage(t, strings.TrimSpace(log.String()))
	page := p.part("")
	p.shows(page, 200, "第 00 行", "第 15 行", "第 59 行", "其余 ")
	_, thread, _ := strings.Cut(page.Body, "<article")
	open, folded, _ := strings.Cut(thread, "其余 ")
	folded, _, _ = strings.Cut(folded, "</details>")
	if strings.Contains(open, "第 16 行") || !strings.Contains(open, "第 15 行") || strings.Count(folded, " 行：") != 60-16 {
		t.Errorf("open: %s\nfolded: %s", excerpt(open), excerpt(folded))
	}
	short := openPage(t, "打印机卡纸")
	p.hides(short.part(""), "其余 ")
}
