// SPDX-License-Identifier: Apache-2.0

package admin_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	words "github.com/loopdesk/loopdesk/internal/desk/wording"
)

// Each save of a pack is a version with its writer; one of before is brought back by saving it once
// more, from the version that was seen (N41).
func TestN41_TheVersionsOfAPack(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	by := apptest.Actor(h.Person(access.Admin), "web")
	const rule, at = "jargon.tablespace", "/admin/wording/reply/zh"
	for _, off := range [][]string{{rule}, nil} {
		b, err := h.Words.Book(t.Context(), words.Reply, "zh")
		if err == nil {
			err = h.Words.Save(t.Context(), by, b, words.Edit{Off: off})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	admin := h.SignIn(access.Admin)
	has(t, admin.Get(at), http.StatusOK, "历次版本", h.Person(access.Admin).Name, "使用中", at+"/restore")
	restore := func(version, to string) int {
		return admin.Post(at+"/restore", url.Values{"version": {version}, "to": {to}}).Status
	}
	if got := restore("2", "9"); got != http.StatusUnprocessableEntity {
		t.Errorf("a version that there is not: %d", got)
	}
	if got := restore("1", "1"); got != http.StatusPreconditionFailed {
		t.Errorf("from a version that is no longer the newest: %d", got)
	}
	if got := restore("2", "1"); got != http.StatusSeeOther {
		t.Errorf("%d", got)
	}
	if b, err := h.Words.Book(t.Context(), words.Reply, "zh"); err != nil || !b.Off(rule) || b.Version != 3 {
		t.Errorf("%v: version %d", err, b.Version)
	}
}
