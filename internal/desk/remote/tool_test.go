// SPDX-License-Identifier: Apache-2.0

package remote_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/loopdesk/loopdesk/internal/desk/remote"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

func policyOf(t remote.Tool) remote.Policy {
	p := remote.Start()
	p.Tools = []remote.Tool{t}
	return p
}

func TestN26_S69_OnlyLinksThatOpenATool(t *testing.T) {
	t.Parallel()
	for _, good := range []string{
		"", "rustdesk://connection/new/{id}", "https://mesh.example.org/?viewmode=11&gotonode={id}&t={ticket}", "teamviewer10://control?device={id}",
		"https://start.teamviewer.com/{id}#{agent}", "vnc://{id}", "todesk:{id}",
	} {
		if err := policyOf(remote.Tool{Name: "x", Link: good, Ask: "ID"}).Check(); err != nil {
			t.Errorf("%q is refused: %v", good, err)
		}
	}
	for _, bad := range []string{
		"javascript:alert({id})", "JavaScript:alert(1)", "data:text/html,{id}", "vbscript:x", "blob:x", "file:///etc/passwd", "http://desk.example/{id}", "//desk.example/{id}",
		"/work", "{id}", "{id}://x", "https://{id}/x", "https://{id}.example.org/", "https://user@desk.example/{id}", "https:///{id}", "https://", "rustdesk:",
		"rustdesk://{device}", "rustdesk://{id", "rustdesk://id}", "rustdesk://{{id}}", "rustdesk://a b", "rustdesk://a\nb", "rustdesk://\"", "rustdesk://<x>", "https://desk.example\\@evil.example/{id}",
		" https://desk.example/{id}", "\u200bhttps://desk.example/{id}", "https://desk.example/" + strings.Repeat("x", 1000),
	} {
		err := policyOf(remote.Tool{Name: "x", Link: bad, Ask: "ID"}).Check()
		if errs.KindOf(err) != errs.Invalid {
			t.Errorf("%q is taken: %v", bad, err)
		}
		if link, err := (remote.Tool{Name: "x", Link: bad}).Fill(remote.Values{ID: "1"}); err == nil && link != "" {
			t.Errorf("%q is filled: %q", bad, link)
		}
	}
}

// Whatever an agent types in, it stays one value at its place of the link.
func TestN26_S69_AValueIsNothingButAValue(t *testing.T) {
	t.Parallel()
	tool := remote.Tool{Name: "MeshCentral", Link: "https://mesh.example.org/a/{ticket}/?node={id}&by={agent}", Ask: "Node"}
	rapid.Check(t, func(t *rapid.T) {
		v := remote.Values{ID: rapid.StringN(-1, -1, 150).Draw(t, "id"), Ticket: "LD-1042", Agent: rapid.StringN(-1, -1, 150).Draw(t, "agent"), Requester: "x"}
		// What a template does with a name that looks like a placeholder: nothing.
		link, err := tool.Fill(v)
		if err != nil {
			t.Fatal(err)
		}
		u, err := url.Parse(link)
		if err != nil {
			t.Fatalf("%q: %v", link, err)
		}
		q, err := url.ParseQuery(u.RawQuery)
		if err != nil || u.Scheme != "https" || u.Host != "mesh.example.org" || u.Path != "/a/LD-1042/" || u.Fragment != "" || len(q) != 2 {
			t.Fatalf("%q is another link: %+v %v", link, u, err)
		}
		if !slices.Equal(q["node"], []string{v.ID}) || !slices.Equal(q["by"], []string{v.Agent}) {
			t.Fatalf("%q does not hold %q and %q", link, v.ID, v.Agent)
		}
	})
}

func TestN26_ToolsThatCannotBeOffered(t *testing.T) {
	t.Parallel()
	if err := remote.Start().Check(); err != nil {
		t.Fatalf("a new desk's own: %v", err)
	}
	for field, change := range map[string]func(*remote.Policy){
		"tool_0_name":     func(p *remote.Policy) { p.Tools[0].Name = "" },
		"tool_1_name":     func(p *remote.Policy) { p.Tools[1].Name = p.Tools[0].Name },
		"tool_2_ask":      func(p *remote.Policy) { p.Tools[2].Ask = strings.Repeat("问", 41) },
		"tool_0_ask":      func(p *remote.Policy) { p.Tools[0].Ask = "" },
		"tool_3_help":     func(p *remote.Policy) { p.Tools[3].Help = strings.Repeat("x", 201) },
		"tools":           func(p *remote.Policy) { p.Tools = append(p.Tools, make([]remote.Tool, 20)...) },
		"answer_minutes":  func(p *remote.Policy) { p.AnswerMinutes = 4 },
		"longest_minutes": func(p *remote.Policy) { p.LongestMinutes = 481 },
		"forgotten_hours": func(p *remote.Policy) { p.ForgottenHours = 0 },
	} {
		p := remote.Start()
		change(&p)
		if err := p.Check(); errs.As(err) == nil || !slices.ContainsFunc(errs.As(err).Fields, func(f errs.FieldError) bool { return f.Name == field }) {
			t.Errorf("%s is not marked: %v", field, err)
		}
	}
}
