// SPDX-License-Identifier: Apache-2.0

package remote

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// Tool is a program for remote control as an administrator describes it.
type Tool struct {
	Name string // "RustDesk", 1–40 characters
	Link string // template of its link; empty where it has none and is opened by hand
	Ask  string // what the agent asks the requester for, "ID"; empty where nothing is needed
	Help string // what the requester must do first, one line
}

// schemes are those that a link may have. Nothing that runs in a browser is among them.
var schemes = []string{ //nolint:gochecknoglobals // a constant list
	"https", "rustdesk", "anydesk", "teamviewer10", "teamviewerapi", "sunlogin", "todesk", "vnc", "rdp", "ms-quick-assist",
}

// Schemes lists what a link may begin with.
func Schemes() []string { return slices.Clone(schemes) }

// places are the placeholders that a template may hold. They stand for a value and nothing else:
// a template has no conditions and no loops.
var places = []string{"id", "ticket", "requester", "agent"} //nolint:gochecknoglobals // a constant list

// Presets are the tools that a new desk begins with. Where a maker documents no link, the tool is
// opened by hand and its session is recorded all the same.
func Presets() []Tool {
	return []Tool{
		{Name: "RustDesk", Link: "rustdesk://connection/new/{id}", Ask: "ID"},
		{Name: "TeamViewer", Link: "https://start.teamviewer.com/{id}", Ask: "ID"},
		{Name: "向日葵 SunLogin", Ask: "识别码 (ID)"},
		{Name: "ToDesk", Ask: "设备代码 (ID)"},
		{Name: "MeshCentral", Link: "https://mesh.example.org/?viewmode=11&gotonode={id}", Ask: "Node"},
	}
}

// Values are what placeholders stand for.
type Values struct {
	ID        string // what the agent was told, or read from a register
	Ticket    string // "LD-1042"
	Requester string
	Agent     string
}

func (v Values) get(place string) string {
	switch place {
	case "id":
		return v.ID
	case "ticket":
		return v.Ticket
	case "requester":
		return v.Requester
	case "agent":
		return v.Agent
	}
	return ""
}

// maxLink bounds a template and what is made of it, in bytes.
const maxLink = 1000

// Fill makes the link of a tool: every value is written percent-encoded, so that it cannot be
// anything but a value. Empty where the tool has no link; Invalid where the template is no good.
func (t Tool) Fill(v Values) (string, error) {
	if t.Link == "" {
		return "", nil
	}
	if _, ok := t.parse(); !ok {
		return "", errs.Field("tool", "remote.link_bad")
	}
	out := t.Link
	for _, p := range places {
		out = strings.ReplaceAll(out, "{"+p+"}", encode(v.get(p)))
	}
	if len(out) > 2*maxLink {
		return "", errs.Field("target", "remote.target_long")
	}
	return out, nil
}

// encode writes everything but letters of the alphabet, digits and "-._~" as percent (RFC 3986).
func encode(s string) string {
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-._~", c) >= 0 {
			b.WriteByte(c)
			continue
		}
		const digits = "0123456789ABCDEF"
		b.WriteByte('%')
		b.WriteByte(digits[c>>4])
		b.WriteByte(digits[c&15])
	}
	return b.String()
}

// parse judges a template: a scheme of the list before everything else, no placeholder in scheme
// or host, only placeholders that there are, and nothing that no address holds.
func (t Tool) parse() (*url.URL, bool) {
	if len(t.Link) > maxLink {
		return nil, false
	}
	for _, r := range t.Link {
		if r <= ' ' || r == 0x7f || r == '"' || r == '<' || r == '>' || r == '`' || r == '\\' || unicode.Is(unicode.Cf, r) || r == utf8.RuneError {
			return nil, false
		}
	}
	scheme, rest, ok := strings.Cut(t.Link, ":")
	if !ok || !slices.Contains(schemes, scheme) || rest == "" {
		return nil, false
	}
	bare := t.Link
	for _, p := range places {
		bare = strings.ReplaceAll(bare, "{"+p+"}", "x")
	}
	if strings.ContainsAny(bare, "{}") {
		return nil, false
	}
	u, err := url.Parse(bare)
	if err != nil || u.User != nil {
		return nil, false
	}
	if scheme != "https" {
		return u, true
	}
	plain, err := url.Parse(strings.NewReplacer("{", "%7B", "}", "%7D").Replace(t.Link))
	return u, err == nil && u.Host != "" && plain.Host == u.Host
}

// check finds what is wrong with the i-th tool; twice says that an earlier one has its name.
func (t Tool) check(i int, twice bool) []errs.FieldError {
	var bad []errs.FieldError
	add := func(field, key string, args ...any) {
		bad = append(bad, errs.FieldError{Name: "tool_" + strconv.Itoa(i) + "_" + field, Key: key, Args: args})
	}
	if n := utf8.RuneCountInString(t.Name); n == 0 || n > 40 || strings.TrimSpace(t.Name) != t.Name {
		add("name", "remote.tool_name")
	}
	if twice {
		add("name", "remote.tool_twice")
	}
	if _, ok := t.parse(); t.Link != "" && !ok {
		add("link", "remote.link_bad")
	}
	if utf8.RuneCountInString(t.Ask) > 40 {
		add("ask", "remote.ask_long", "Max", 40)
	}
	if utf8.RuneCountInString(t.Help) > 200 {
		add("help", "remote.ask_long", "Max", 200)
	}
	if t.Ask == "" && strings.Contains(t.Link, "{id}") {
		add("ask", "remote.ask_needed")
	}
	return bad
}
