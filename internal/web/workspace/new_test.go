// SPDX-License-Identifier: Apache-2.0

package workspace_test

import (
	"bytes"
	"fmt"
	"html"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
)

func TestN17_StaffRecordTheWordsOfTheUser(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.as(h.agent)
	body := b.page("/work/new?requester=" + fmt.Sprint(h.requester.ID))
	h.holds(body, "王海燕", "七要素", "软件", "ERP（核心）", "网络组")
	a := b.post("/work/new", "act", "create", "key", hidden(body, "key"), "requester", fmt.Sprint(h.requester.ID), "channel", "web",
		"text", "  大屏黑了，\n接上笔记本也不行  ", "subject", "会议室大屏", "category", fmt.Sprint(h.software.ID), "service", fmt.Sprint(h.erp.ID),
		"since", "今天", "people", "everyone", "halt", "stopped", "mine", "yes")
	if a.Code != http.StatusSeeOther {
		t.Fatalf("%d\n%s", a.Code, a.Body)
	}
	one := h.get(h.all(h.requester)[0])
	if one.Subject != "会议室大屏" || one.Channel != ticket.Web || one.Owner != h.agent.ID || one.Priority != triage.P1 || one.Group != h.network.ID || one.Service != h.erp.ID {
		t.Errorf("%+v", one)
	}
	if got := one.Detail.Intake[ticket.Affected].Value; got != "ERP" {
		t.Errorf("affected: %q", got)
	}
	list, err := h.tickets.Thread(t.Context(), access.Desk(), one)
	if err != nil || list[0].Message.Text != "  大屏黑了，\n接上笔记本也不行  " || !list[0].Message.ByUser || list[0].Message.Author != h.requester.ID {
		t.Errorf("%v, %+v", err, list[0].Message)
	}
}

// Sent twice it is one ticket; sent again with other words it asks first.
func TestAFormSentTwiceMakesOneTicket(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.as(h.agent)
	key := hidden(b.page("/work/new"), "key")
	send := func(text, key string) *httptest.ResponseRecorder {
		return b.post("/work/new", "key", key, "requester", fmt.Sprint(h.requester.ID), "channel", "web", "text", text)
	}
	first, again := send("大屏黑了", key), send("大屏黑了", key)
	if first.Header().Get("Location") != again.Header().Get("Location") || len(h.all(h.requester)) != 1 {
		t.Fatalf("%d to %q, %d to %q", first.Code, first.Header().Get("Location"), again.Code, again.Header().Get("Location"))
	}
	changed := send("大屏黑了，又多了一块", key)
	if changed.Code != http.StatusConflict {
		t.Fatalf("%d", changed.Code)
	}
	h.holds(changed.Body.String(), "再提交一次会另建一单", "大屏黑了，又多了一块")
	if a := send("大屏黑了，又多了一块", hidden(changed.Body.String(), "key")); a.Code != http.StatusSeeOther || len(h.all(h.requester)) != 2 {
		t.Errorf("%d, %d tickets", a.Code, len(h.all(h.requester)))
	}
	// Somebody else's form with the same key is theirs.
	if a := h.as(h.second).post("/work/new", "key", key, "requester", fmt.Sprint(h.other.ID), "channel", "web", "text", "别的事"); a.Code != http.StatusSeeOther {
		t.Errorf("%d\n%s", a.Code, a.Body)
	}
}

func TestWhatWasTypedIntoANewTicketIsKept(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.as(h.agent)
	const words = `"><script>alert(1)</script> 的原话`
	for name, tt := range map[string]struct {
		fields []string
		status int
		says   string
	}{
		"nobody":             {[]string{"act", "create", "channel", "web"}, http.StatusUnprocessableEntity, "选择用户，或新建一位。"},
		"finding":            {[]string{"act", "find", "q", "海燕"}, http.StatusOK, "王海燕"},
		"an odd channel":     {[]string{"channel", "carrier pigeon", "requester", fmt.Sprint(h.requester.ID)}, http.StatusUnprocessableEntity, "选择请求是怎么提出的。"},
		"channel of a door":  {[]string{"channel", "api", "requester", fmt.Sprint(h.requester.ID)}, http.StatusUnprocessableEntity, "选择请求是怎么提出的。"},
		"a gone category":    {[]string{"channel", "web", "requester", fmt.Sprint(h.requester.ID), "category", "999"}, http.StatusUnprocessableEntity, "这个分类已停用，请重新选择。"},
		"a gone service":     {[]string{"channel", "web", "requester", fmt.Sprint(h.requester.ID), "service", "999"}, http.StatusUnprocessableEntity, "这个业务系统已停用，请重新选择。"},
		"unknown, no reason": {[]string{"channel", "web", "requester", fmt.Sprint(h.requester.ID), "since_unknown", "yes"}, http.StatusUnprocessableEntity, "请写明用户为什么不知道。"},
		"somebody's file":    {[]string{"channel", "web", "requester", fmt.Sprint(h.requester.ID), "files", "no-such-token"}, http.StatusUnprocessableEntity, "附件已过期"},
	} {
		t.Run(name, func(t *testing.T) {
			a := b.post("/work/new", append(tt.fields, "text", words, "subject", "写好的标题")...)
			if a.Code != tt.status {
				t.Errorf("%d, want %d", a.Code, tt.status)
			}
			h.holds(a.Body.String(), tt.says, html.EscapeString(words), `value="写好的标题"`)
			h.lacks(a.Body.String(), "<script>alert")
		})
	}
	if made := h.all(h.requester); len(made) != 0 {
		t.Errorf("made %v", refs(made...))
	}
}

// A file that comes with a form that has to be shown again is not lost either.
func TestFilesStayWithAFormThatIsShownAgain(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.as(h.agent)
	send := func(fields map[string]string, file string) *httptest.ResponseRecorder {
		var body bytes.Buffer
		w := multipart.NewWriter(&body)
		for k, v := range fields {
			if err := w.WriteField(k, v); err != nil {
				t.Fatal(err)
			}
		}
		if file != "" {
			part, err := w.CreateFormFile("upload", file)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := part.Write([]byte("ORA-01653")); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/work/new", &body)
		r.Header.Set("Content-Type", w.FormDataContentType())
		return b.send(r)
	}
	a := send(map[string]string{"act": "find", "q": "海燕", "text": "看附件"}, "错误.txt")
	if a.Code != http.StatusOK {
		t.Fatalf("%d", a.Code)
	}
	token := hidden(a.Body.String(), "files")
	h.holds(a.Body.String(), "错误.txt")
	if a = send(map[string]string{"channel": "web", "requester": fmt.Sprint(h.requester.ID), "text": "看附件", "files": token}, ""); a.Code != http.StatusSeeOther {
		t.Fatalf("%d\n%s", a.Code, a.Body)
	}
	list, err := h.tickets.Thread(t.Context(), access.Desk(), h.all(h.requester)[0])
	if err != nil || len(list[0].Message.Attached) != 1 || list[0].Message.Attached[0].Name != "错误.txt" {
		t.Errorf("%v, %+v", err, list[0].Message)
	}
}
