// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"bytes"
	"fmt"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/api"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
)

// form is a multipart body with its type.
func form(t *testing.T, parts ...[3]string) ([]byte, string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, p := range parts {
		part, err := w.CreateFormField(p[0])
		if p[1] != "" {
			part, err = w.CreateFormFile(p[0], p[1])
		}
		if err == nil {
			_, err = part.Write([]byte(p[2]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), w.FormDataContentType()
}

func (h *house) upload(who string, body []byte, kind, query string) answer {
	h.t.Helper()
	return h.send(request{who: who, method: http.MethodPost, path: "/files" + query, body: body, header: map[string]string{"Content-Type": kind}})
}

func TestAFileGoesInWithAMessageAndComesOutAgain(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		png := "\x89PNG\r\n\x1a\n" + strings.Repeat("x", 100)
		body, kind := form(t, [3]string{"note", "", "hello"}, [3]string{"file", "../../截图 1.png", png})
		one := h.upload("wang", body, kind, "").want(t, 201)
		if one.text("name") != "截图 1.png" || one.text("type") != "image/png" || one.int("size") != int64(len(png)) || len(one.text("sha256")) != 64 {
			t.Errorf("multipart: %s", one.raw)
		}
		html := []byte("<html><script>alert(1)</script>")
		two := h.upload("wang", html, "application/octet-stream", "?name=page.png").want(t, 201)
		if !strings.HasPrefix(two.text("type"), "text/html") {
			t.Errorf("the type is what the content says: %s", two.raw)
		}
		path := h.open(m{"text": "siehe Bild", "files": []string{one.text("token"), two.text("token")}})
		msg := h.get("wang", path+"/messages").want(t, 200)
		if msg.text("items.0.files.0.name") != "截图 1.png" || msg.text("items.0.files.1.token") != two.text("token") {
			t.Errorf("the message: %s", msg.raw)
		}
		for _, f := range []struct{ token, want string }{{one.text("token"), png}, {two.text("token"), string(html)}} {
			got := h.get("wang", path+"/files/"+f.token).want(t, 200)
			disposition, params, err := mime.ParseMediaType(got.header.Get("Content-Disposition"))
			if got.raw != f.want || err != nil || disposition != "attachment" || params["filename"] == "" {
				t.Errorf("download: %v, %q, %d bytes", err, got.header.Get("Content-Disposition"), len(got.raw))
			}
			if csp := got.header.Get("Content-Security-Policy"); !strings.Contains(csp, "sandbox") {
				t.Errorf("CSP of a file: %q", csp)
			}
		}
		h.get("zoe", path+"/files/"+one.text("token")).want(t, 404)
		h.post("wang", path+"/reply", m{"text": "noch einmal", "files": []string{one.text("token")}}).want(t, 422) // bound once
	})
}

func TestA48_UploadsHaveBounds(t *testing.T) {
	t.Parallel()
	h := newHouse(t, dbtest.Open(t, dbtest.SQLite(t)))
	var many [][3]string
	for i := range 12 {
		many = append(many, [3]string{fmt.Sprint("f", i), "", "x"})
	}
	tooMany, tooManyType := form(t, append(many, [3]string{"file", "a.txt", "x"})...)
	none, noneType := form(t, [3]string{"file", "", "no name, no file"})
	good, goodType := form(t, [3]string{"file", "a.txt", "x"})
	for _, tt := range []struct {
		name   string
		body   []byte
		kind   string
		status int
		key    string
	}{
		{"as large as allowed", make([]byte, ticket.MaxFile), "application/octet-stream", 201, ""},
		{"a byte more", make([]byte, ticket.MaxFile+1), "application/octet-stream", 413, "ticket.file_large"},
		{"much more", make([]byte, ticket.MaxFile+1<<20), "application/octet-stream", 413, "ticket.file_large"},
		{"no file in the form", none, noneType, 422, "api.upload_none"},
		{"the file far behind", tooMany, tooManyType, 422, "api.upload_none"},
		{"a form that breaks off", good[:len(good)-10], goodType, 400, "api.upload_broken"},
		{"a form without its boundary", good, "multipart/form-data", 415, "api.upload_type"},
		{"JSON is no file", []byte("{}"), "application/json", 415, "api.upload_type"},
	} {
		a := h.upload("wang", tt.body, tt.kind, "?name=a.bin")
		if a.status != tt.status || a.text("key") != tt.key {
			t.Errorf("%s: %d %s, want %d %s", tt.name, a.status, a.text("key"), tt.status, tt.key)
		}
	}
	path := h.open(nil)
	tokens := make([]string, 51)
	for i := range tokens {
		tokens[i] = strings.Repeat("a", 26)
	}
	h.post("wang", path+"/reply", m{"text": "x", "files": tokens}).want(t, 422)
	h.post("wang", path+"/reply", m{"text": "x", "files": []string{"../../etc/passwd"}}).want(t, 422)
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

// TestA48_F44_AFileMayTakeAsLongAsASlowLineNeeds: the server gives a request a minute. 25 MiB come and go
// on slower lines too: both deadlines are lifted for files, and for nothing else.
func TestA48_F44_AFileMayTakeAsLongAsASlowLineNeeds(t *testing.T) {
	t.Parallel()
	h := newHouse(t, dbtest.Open(t, dbtest.SQLite(t)))
	one := h.upload("wang", []byte("x"), "application/octet-stream", "?name=a.bin").want(t, http.StatusCreated)
	path := h.open(m{"text": "见附件", "files": []string{one.text("token")}})
	for _, tt := range []struct {
		method, path string
		want         int
		lifted       bool
	}{
		{http.MethodPost, "/files?name=a.bin", http.StatusCreated, true},
		{http.MethodGet, path + "/files/" + one.text("token"), http.StatusOK, true},
		{http.MethodGet, path, http.StatusOK, false},
	} {
		r := httptest.NewRequest(tt.method, api.Prefix+tt.path, strings.NewReader("x"))
		r.Header.Set("Authorization", "Bearer "+h.tokens["wang"])
		r.Header.Set("Content-Type", "application/octet-stream")
		w := &line{ResponseRecorder: httptest.NewRecorder()}
		h.api.ServeHTTP(w, r)
		lifted := len(w.read) == 1 && w.read[0].IsZero() && len(w.write) == 1 && w.write[0].IsZero()
		if w.Code != tt.want || lifted != tt.lifted || !tt.lifted && len(w.read)+len(w.write) > 0 {
			t.Errorf("%s %s: %d, until %v and %v", tt.method, tt.path, w.Code, w.read, w.write)
		}
	}
}
