// SPDX-License-Identifier: Apache-2.0

package scenario_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/upload"
)

// TestN16_S18_S34_APictureFromAPhone: a form shows a sign, a phone that nobody is signed in on
// sends a picture with it, the picture stands in the form of that person alone, and the code
// opens nothing else and ends.
func TestN16_S18_S34_APictureFromAPhone(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	user, other, phone := h.SignIn(access.Requester), h.SignIn(access.Agent), h.Nobody()
	part := http.Header{"Hx-Request": {"true"}}
	sign := user.Send(http.MethodGet, "/files/phone", nil, part)
	code := regexp.MustCompile(`data-phone-box="([^"]+)"`).FindStringSubmatch(sign.Body)
	if sign.Status != http.StatusOK || code == nil || !strings.Contains(sign.Body, "<svg") {
		t.Fatalf("%d %s", sign.Status, sign.Body)
	}
	page := phone.Get("/u/" + code[1])
	if page.Status != http.StatusOK || strings.Contains(page.Body, h.Person(access.Requester).Email) {
		t.Fatalf("the page of the phone: %d", page.Status)
	}
	send := func(at string) apptest.Reply {
		t.Helper()
		var body bytes.Buffer
		form := multipart.NewWriter(&body)
		w, err := form.CreateFormFile("upload", "photo.txt")
		if err != nil {
			t.Fatal(err)
		}
		_, _ = w.Write([]byte("ORA-01653 on the screen"))
		_ = form.Close()
		return phone.Send(http.MethodPost, at, &body, http.Header{"Content-Type": {form.FormDataContentType()}})
	}
	if r := send("/u/" + code[1]); r.Status != http.StatusOK {
		t.Fatalf("%d %s", r.Status, r.Body)
	}
	if r := send("/u/" + code[1] + "x"); r.Status != http.StatusNotFound {
		t.Errorf("a code that was changed: %d", r.Status)
	}
	asked := "/files/phone?have=0&box=" + url.QueryEscape(code[1])
	got := user.Send(http.MethodGet, asked, nil, part)
	token := regexp.MustCompile(`name="files" value="([^"]+)"`).FindStringSubmatch(got.Body)
	if token == nil || !strings.Contains(got.Body, "photo.txt") {
		t.Fatalf("the form gets %s", got.Body)
	}
	if r := other.Send(http.MethodGet, asked, nil, part); r.Status != http.StatusNotFound {
		t.Errorf("somebody else asks for the box: %d", r.Status)
	}
	if r := phone.Get("/requests"); r.Status == http.StatusOK {
		t.Error("the phone is signed in")
	}
	made := user.Post("/new", url.Values{"text": {"报错，截图在手机上"}, "files": {token[1]}})
	if made.Status != http.StatusSeeOther {
		t.Fatalf("%d %s", made.Status, made.Body)
	}
	if r := user.Get(made.Location()); !strings.Contains(r.Body, "photo.txt") {
		t.Error("the request has no picture")
	}
	h.Advance(upload.Life)
	if r := send("/u/" + code[1]); r.Status != http.StatusNotFound {
		t.Errorf("after its time: %d", r.Status)
	}
}
