// SPDX-License-Identifier: Apache-2.0

package workspace_test

import (
	"html"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/loopdesk/loopdesk/internal/desk/access"
)

var (
	placed = regexp.MustCompile(`(?s)<a href="([^"]*)"[^>]*data-key="(g [a-z])"`) //nolint:gochecknoglobals // constants in all but name
	bound  = regexp.MustCompile(`data-key="(g [a-z])"`)                           //nolint:gochecknoglobals // see above
	listed = regexp.MustCompile(`(?s)<dt[^>]*>(.*?)</dt>\s*<dd>([^<]*)</dd>`)     //nolint:gochecknoglobals // see above
	cap1   = regexp.MustCompile(`<kbd[^>]*>([^<]*)</kbd>`)                        //nolint:gochecknoglobals // see above
)

// The list that "?" opens holds each key with G that works for its reader and no other, in either
// language, and each place that it leads to opens for them.
func TestTheKeysThatAreListedAreThoseThatWork(t *testing.T) {
	t.Parallel()
	p := openPage(t, "没有人处理的一单")
	for _, who := range []access.Role{access.Agent, access.Lead, access.Admin} {
		b := p.SignIn(who)
		for _, lang := range []string{"zh-CN", "en"} {
			b.Post("/lang", url.Values{"lang": {lang}, "next": {"/work"}})
			works, lists := map[string]bool{}, map[string]bool{}
			queue := b.Get("/work").Body
			for _, m := range placed.FindAllStringSubmatch(queue, -1) {
				if a := b.Get(html.UnescapeString(m[1])); a.Status != http.StatusOK {
					t.Errorf("%s: %s leads to %s, which answers %d", who, m[2], m[1], a.Status)
				}
			}
			for _, body := range []string{queue, b.Get("/work/tickets/" + p.ref).Body} {
				for _, m := range bound.FindAllStringSubmatch(body, -1) {
					works[m[1]] = true
				}
			}
			sheet := b.Get("/work/keys").Body
			for _, m := range listed.FindAllStringSubmatch(sheet, -1) {
				var caps []string
				for _, c := range cap1.FindAllStringSubmatch(m[1], -1) {
					caps = append(caps, c[1])
				}
				if key := strings.ToLower(strings.Join(caps, " ")); strings.HasPrefix(key, "g ") {
					lists[key] = true
				}
				if first := m[2][:1]; lang == "en" && first != strings.ToUpper(first) {
					t.Errorf("%q begins with a small letter beside others that do not", m[2])
				}
			}
			if !maps.Equal(works, lists) || len(works) < 15 {
				t.Errorf("%s, %s: these work: %q; these are listed: %q", who, lang, slices.Sorted(maps.Keys(works)), slices.Sorted(maps.Keys(lists)))
			}
		}
	}
}
