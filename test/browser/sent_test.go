// SPDX-License-Identifier: Apache-2.0

package browser_test

import (
	"testing"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// The letters about a ticket come when their line is opened, and stay while the page around
// them is renewed; without a script a link leads to them.
func TestTheSendLogComesWhenItIsOpened_F38(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	v := taken(t, h, "打印机没反应")
	h.RunJobs()
	b := asAgent(t, h)
	b.goTo("/work/tickets/" + v.Ref())
	if n := eval[int](b, `document.querySelectorAll("#sent-list li").length`); n != 0 {
		t.Errorf("%d letters stand on the page unasked", n)
	}
	if to := eval[string](b, `new URL(document.querySelector("#sent-list a").href).pathname`); to != "/work/tickets/"+v.Ref()+"/sent" {
		t.Errorf("without a script it leads to %s", to)
	}
	b.click("#sent-log summary")
	b.sees("the letters", `document.querySelectorAll("#sent-list li").length === 1`)
	work(t, h, v, ticket.Reply{Say: ticket.Say{Text: "请重启打印机"}})
	h.RunJobs()
	b.reads("请重启打印机")
	b.sees("the letters still, and the next one", `document.querySelectorAll("#sent-list li").length >= 1 && document.getElementById("sent-log").open`)
	b.goTo("/work/tickets/" + v.Ref() + "/sent")
	b.reads("发送记录")
	b.sees("both letters", `document.querySelectorAll("#sent-list li").length === 2`)
}
