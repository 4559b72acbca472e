// SPDX-License-Identifier: Apache-2.0

package page_test

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/web/page"
)

func TestA49_S65_TheTypeIsWhatOurOwnSniffingSays(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	const svg = `<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`
	cases := []struct {
		name, data, kind, how string
	}{
		{"a.png", png, "image/png", "inline"},
		{"a.html", png, "image/png", "inline"}, // the name says nothing
		{"a.gif", "GIF89a\x01\x00\x01\x00\x00\x00\x00;", "image/gif", "inline"},
		{"a.png", "<html><script>alert(1)</script>", "application/octet-stream", "attachment"},
		{"a.png", svg, "application/octet-stream", "attachment"},
		{"a.svg", `<?xml version="1.0"?>` + svg, "application/octet-stream", "attachment"},
		{"a.js", "alert(1)", "text/plain; charset=utf-8", "attachment"},
		{"a.pdf", "%PDF-1.7\n", "application/pdf", "attachment"},
		{"a.exe", "MZ\x90\x00", "application/octet-stream", "attachment"},
		{"a.xml", `<?xml version="1.0"?><a/>`, "application/octet-stream", "attachment"},
		{"leer", "", "text/plain; charset=utf-8", "attachment"},
	}
	b := h.as(h.requester)
	for _, tt := range cases {
		token := h.stage(h.requester, ticket.File{Name: tt.name, Mailed: tt.data == "", Data: strings.NewReader(tt.data)})
		tk := h.record(h.requester, say("x", token))
		for _, w := range []interface {
			Result() *http.Response
		}{b.get(page.FilePath(tk.Number, token, tt.name)), h.nobody().get(page.LinkFilePath(h.code(tk), token, tt.name))} {
			r := w.Result()
			body, err := io.ReadAll(r.Body)
			if r.StatusCode != http.StatusOK || err != nil || string(body) != tt.data {
				t.Fatalf("%s: %d %v %q", tt.name, r.StatusCode, err, body)
			}
			if got := r.Header.Get("Content-Type"); got != tt.kind {
				t.Errorf("%s: type %q, want %q", tt.name, got, tt.kind)
			}
			if got := r.Header.Get("Content-Disposition"); !strings.HasPrefix(got, tt.how+";") {
				t.Errorf("%s: disposition %q, want %s", tt.name, got, tt.how)
			}
			csp := r.Header.Get("Content-Security-Policy")
			if !strings.HasSuffix(csp, "sandbox") || r.Header.Get("X-Content-Type-Options") != "nosniff" || r.Header.Get("Cross-Origin-Resource-Policy") != "same-origin" {
				t.Errorf("%s: %v", tt.name, r.Header)
			}
		}
	}
}

func TestA52_S67_NamesAreWrittenSafely(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.as(h.requester)
	for name, want := range map[string]string{
		"screen.png":                      "screen.png",
		"屏幕截图 1.png":                      "屏幕截图 1.png",
		`a".png`:                          "a_.png",
		"a\r\nSet-Cookie: x=y.png":        "a Set-Cookie_ x=y.png",
		"../../etc/passwd":                "passwd",
		`C:\temp\a;b.txt`:                 "a;b.txt",
		"100%; filename=\"evil.exe\".gif": "100%; filename=_evil.exe_.gif",
		"\u202Egpj.exe":                   "gpj.exe",
		"":                                "file",
	} {
		token := h.stage(h.requester, ticket.File{Name: name, Data: strings.NewReader("x")})
		tk := h.record(h.requester, say("x", token))
		got := b.get(page.FilePath(tk.Number, token, "x")).Header().Get("Content-Disposition")
		how, params, err := mime.ParseMediaType(got)
		if err != nil || how != "attachment" || params["filename"] != want {
			t.Errorf("%q: %q reads as %v %v", name, got, params, err)
		}
		if !regexp.MustCompile(`^attachment; filename="[ -~]*"; filename\*=UTF-8''[!-~]+$`).MatchString(got) {
			t.Errorf("%q: %q", name, got)
		}
	}
}

func TestS21_S25_S33_AFileIsForThoseWhoMayReadItsMessage(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	inside := h.stage(h.agent, ticket.File{Name: "intern.png", Data: strings.NewReader(png)})
	public := h.stage(h.requester, ticket.File{Name: "a.png", Data: strings.NewReader(png)})
	foreign := h.stage(h.other, ticket.File{Name: "b.png", Data: strings.NewReader(png)})
	loose := h.stage(h.requester, ticket.File{Name: "c.png", Data: strings.NewReader(png)})
	tk := h.record(h.requester, say("x", public))
	theirs := h.record(h.other, say("y", foreign))
	if _, err := h.tickets.Do(t.Context(), h.actor(h.agent, "web"), ticket.Target{ID: tk.ID}, ticket.Note{Say: say("nur für uns", inside)}); err != nil {
		t.Fatal(err)
	}
	at := func(t ticket.Ticket, token string) string { return page.FilePath(t.Number, token, "a.png") }
	link := func(t ticket.Ticket, token string) string { return page.LinkFilePath(h.code(t), token, "a.png") }
	requester, agent, nobody := h.as(h.requester), h.as(h.agent), h.nobody()
	missing := requester.get(at(tk, "aaaaaaaaaaaaaaaaaaaaaaaaaa"))
	cases := []struct {
		name string
		b    *browser
		path string
		want int
	}{
		{"their own", requester, at(tk, public), 200},
		{"an agent", agent, at(tk, public), 200},
		{"by the link", nobody, link(tk, public), 200},
		{"an agent, internal", agent, at(tk, inside), 200},
		{"the requester, internal", requester, at(tk, inside), 404},
		{"by the link, internal", nobody, link(tk, inside), 404},
		{"somebody else's", requester, at(theirs, foreign), 404},
		{"somebody else's under one's own number", requester, at(tk, foreign), 404},
		{"an agent, under another number", agent, at(tk, foreign), 404},
		{"somebody else's by one's own link", nobody, link(tk, foreign), 404},
		{"not sent yet", requester, at(tk, loose), 404},
		{"no such ticket", requester, "/files/999999/" + public + "/a.png", 404},
		{"no number", requester, "/files/x/" + public + "/a.png", 404},
		{"a huge number", requester, "/files/99999999999999999999/" + public + "/a.png", 404},
		{"nobody", nobody, at(tk, public), 303},
	}
	for _, tt := range cases {
		w := tt.b.get(tt.path)
		if w.Code != tt.want {
			t.Errorf("%s: %d", tt.name, w.Code)
		}
		// The refusal must not tell what exists (S21): it reads as that for nothing at all.
		if tt.want == http.StatusNotFound && tt.b == requester && strings.HasPrefix(tt.path, "/files/") {
			same := func(w string) string { return regexp.MustCompile(`/files/[^"&]*`).ReplaceAllString(w, "") }
			if tt.name != "no number" && tt.name != "a huge number" && same(w.Body.String()) != same(missing.Body.String()) {
				t.Errorf("%s: the refusal differs:\n%s", tt.name, w.Body)
			}
		}
	}
}

func TestA39_AFileIsNoPartOfAForeignPage(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	token := h.stage(h.requester, ticket.File{Name: "a.png", Data: strings.NewReader(png)})
	tk := h.record(h.requester, say("x", token))
	b := h.as(h.requester)
	path := page.FilePath(tk.Number, token, "a.png")
	cases := []struct {
		site, mode, dest string
		want             int
	}{
		{"cross-site", "no-cors", "image", 403},
		{"same-site", "no-cors", "image", 403},
		{"cross-site", "cors", "empty", 403},
		{"same-origin", "no-cors", "script", 403},
		{"same-origin", "no-cors", "style", 403},
		{"same-origin", "no-cors", "serviceworker", 403},
		{"same-origin", "no-cors", "image", 200},
		{"same-origin", "navigate", "document", 200},
		{"cross-site", "navigate", "document", 200}, // a link in a mail
		{"none", "navigate", "document", 200},
	}
	for _, tt := range cases {
		w := b.with("Sec-Fetch-Site", tt.site).with("Sec-Fetch-Mode", tt.mode).with("Sec-Fetch-Dest", tt.dest).get(path)
		if w.Code != tt.want {
			t.Errorf("%+v: %d", tt, w.Code)
		}
	}
	w := b.get(path)
	again := b.with("If-None-Match", w.Header().Get("ETag")).get(path)
	if again.Code != http.StatusNotModified || again.Body.Len() != 0 || !strings.HasPrefix(w.Header().Get("Cache-Control"), "private") {
		t.Errorf("a second look: %d %v", again.Code, w.Header())
	}
	stranger := h.as(h.other).with("If-None-Match", w.Header().Get("ETag"))
	if w := stranger.get(path); w.Code != http.StatusNotFound {
		t.Errorf("a stranger with the right tag: %d", w.Code)
	}
}

func TestA48_S88_UploadsAreBounded(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.as(h.requester).with("Accept", "application/json")
	if w := b.upload("/files", sent{"屏幕.png", strings.NewReader(png)}); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `"name":"屏幕.png"`) {
		t.Fatalf("a small one: %d %s", w.Code, w.Body)
	}
	cases := []struct {
		name  string
		files []sent
		want  int
	}{
		{"none", nil, http.StatusUnprocessableEntity},
		{"one byte too large", []sent{{"a", zeros(ticket.MaxFile + 1)}}, http.StatusRequestEntityTooLarge},
		{"too many for one message", many(ticket.MaxFiles + 1), http.StatusUnprocessableEntity},
	}
	for _, tt := range cases {
		if w := b.upload("/files", tt.files...); w.Code != tt.want {
			t.Errorf("%s: %d %s", tt.name, w.Code, w.Body)
		}
	}
	for i := 0; ; i++ {
		w := b.upload("/files", many(20)...)
		if w.Code == http.StatusTooManyRequests {
			break
		}
		if i > int(session.Uploading.Most())/20 {
			t.Fatal("uploads without end")
		}
	}
	if w := h.as(h.other).upload("/files", many(1)...); w.Code != http.StatusOK {
		t.Errorf("somebody else: %d", w.Code)
	}
	if w := h.nobody().upload("/files", many(1)...); w.Code != http.StatusUnauthorized {
		t.Errorf("nobody: %d", w.Code)
	}
}

func zeros(n int64) io.Reader { return io.LimitReader(zero{}, n) }

type zero struct{}

func (zero) Read(b []byte) (int, error) {
	clear(b)
	return len(b), nil
}

func many(n int) []sent {
	var out []sent
	for i := range n {
		out = append(out, sent{fmt.Sprintf("%d.txt", i), strings.NewReader("x")})
	}
	return out
}

func TestS34_AnUploadBelongsToWhoeverMadeIt(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	tk := h.record(h.requester, say("x"))
	holder := h.nobody().htmx()
	w := holder.upload("/t/"+h.code(tk)+"/files", sent{"<b>a.png", strings.NewReader(png)})
	token := regexp.MustCompile(`name="files" value="([a-z2-7]{26})"`).FindStringSubmatch(w.Body.String())
	if w.Code != http.StatusOK || token == nil || strings.Contains(w.Body.String(), "<b>") {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	by := access.Actor{Kind: access.Link, ID: int64(h.requester.ID), Ticket: int64(tk.ID), Via: "link"}
	reply := ticket.Reply{Say: say("mit Bild", token[1])}
	if _, err := h.tickets.Do(t.Context(), h.actor(h.other, "portal"), ticket.Target{ID: h.record(h.other, say("y")).ID}, reply); err == nil {
		t.Error("somebody else attached it")
	}
	if _, err := h.tickets.Do(t.Context(), by, ticket.Target{ID: tk.ID}, reply); err != nil {
		t.Error(err)
	}
	if w := h.as(h.requester).get(page.FilePath(tk.Number, token[1], "a.png")); w.Code != http.StatusOK {
		t.Errorf("afterwards: %d", w.Code)
	}
}

func TestS60_S63_S64_MailHTMLReachesNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	picture, err := h.tickets.Stage(t.Context(), h.actor(h.requester, "mail"), ticket.File{Name: "logo.png", CID: "logo@x", Inline: true, Data: strings.NewReader(png)})
	if err != nil {
		t.Fatal(err)
	}
	drawing, err := h.tickets.Stage(t.Context(), h.actor(h.requester, "mail"), ticket.File{Name: "x.png", CID: "svg@x", Data: strings.NewReader(`<svg onload="alert(1)"/>`)})
	if err != nil {
		t.Fatal(err)
	}
	tk := h.record(h.requester, ticket.Say{Text: "x", Files: []string{picture.Token, drawing.Token}, HTML: `<p style="color:red;background:url(//evil.example/a)" onclick="alert(1)">Guten Tag</p>
		<img src="cid:logo@x"><img src="cid:svg@x" alt="svg"><img src="https://evil.example/pixel.gif"><script>alert(1)</script>
		<style>@import "//evil.example/b"</style><a href="javascript:alert(1)">x</a><form action="https://evil.example"><input name="password"></form>`})
	for _, w := range []interface{ Result() *http.Response }{
		h.as(h.agent).get(page.MailFramePath(tk.Number, 1)), h.nobody().get(page.LinkMailFramePath(h.code(tk), 1)),
	} {
		r := w.Result()
		raw, err := io.ReadAll(r.Body)
		body := string(raw)
		if r.StatusCode != http.StatusOK || err != nil {
			t.Fatalf("%d %v %s", r.StatusCode, err, body)
		}
		for _, bad := range []string{"evil.example", "alert", "<script", "<style", "<form", "<input", "svg onload", "onclick"} {
			if strings.Contains(body, bad) {
				t.Errorf("%q is in the frame:\n%s", bad, body)
			}
		}
		for _, want := range []string{"Guten Tag", "data:image/png;base64,iVBORw0KGgo", "1 张外部图片"} {
			if !strings.Contains(body, want) {
				t.Errorf("%q is not in the frame:\n%s", want, body)
			}
		}
		csp := r.Header.Get("Content-Security-Policy")
		if !strings.HasPrefix(csp, "default-src 'none'; img-src data:; ") || strings.Contains(csp, "allow-scripts") || strings.Contains(csp, "allow-same-origin") || strings.Contains(csp, "script-src") {
			t.Errorf("policy %q", csp)
		}
	}
	if w := h.as(h.other).get(page.MailFramePath(tk.Number, 1)); w.Code != http.StatusNotFound {
		t.Errorf("somebody else: %d", w.Code)
	}
	plain := h.record(h.other, say("y"))
	if w := h.nobody().get(page.LinkMailFramePath(h.code(plain), 1)); w.Code != http.StatusNotFound {
		t.Errorf("another ticket's message by one's own link: %d", w.Code)
	}
}

// line is a connection of which a test sees how long it may take.
type line struct {
	*httptest.ResponseRecorder
	read, write []time.Time
}

// SetReadDeadline notes the deadline.
func (l *line) SetReadDeadline(at time.Time) error {
	l.read = append(l.read, at)
	return nil
}

// SetWriteDeadline notes the deadline.
func (l *line) SetWriteDeadline(at time.Time) error {
	l.write = append(l.write, at)
	return nil
}

// TestA48_F44_TheAnswerToASlowUploadLeaves: the server gives a request a minute, from its first byte to
// the last one of its answer. Files that take longer come in, and so leaves what is said of them.
func TestA48_F44_TheAnswerToASlowUploadLeaves(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.as(h.agent)
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	part, err := m.CreateFormFile("upload", "a.txt")
	if err == nil {
		_, err = part.Write([]byte("x"))
	}
	if err != nil || m.Close() != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/files", &body)
	r.Host = "desk.example"
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Content-Type", m.FormDataContentType())
	for name, value := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	w := &line{ResponseRecorder: httptest.NewRecorder()}
	h.router.ServeHTTP(w, r)
	if w.Code != http.StatusOK || len(w.read) != 1 || !w.read[0].IsZero() || len(w.write) != 1 || !w.write[0].IsZero() {
		t.Errorf("%d, until %v and %v\n%s", w.Code, w.read, w.write, w.Body)
	}
}
