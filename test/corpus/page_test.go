// SPDX-License-Identifier: Apache-2.0

package corpus_test

import (
	"net/http"
	"strings"

	"golang.org/x/net/html"

	"github.com/loopdesk/loopdesk/test/running"
)

// look opens every ticket, every mail frame and every quarantined message as people do: each
// answers 200, and nothing of a sender's runs.
func look(d *running.Desk, list []outcome) {
	d.Helper()
	agent := d.SignIn(running.Agent)
	tickets, frames := 0, 0
	for _, r := range d.Rows(`SELECT t.number, m.id, CASE WHEN m.html <> '' THEN 1 ELSE 0 END FROM ticket t JOIN message m ON m.ticket_id = t.id ORDER BY m.id`) {
		path := "/work/tickets/LD-" + r[0]
		safe(d, agent, path, false)
		tickets++
		if r[2] == "1" {
			safe(d, agent, "/frame/"+r[0]+"/"+r[1], true)
			frames++
		}
	}
	held := 0
	admin := d.SignIn(running.Admin)
	for _, o := range list {
		if o.state == "quarantined" {
			safe(d, admin, "/work/quarantine/"+o.inbound, false)
			held++
		}
	}
	safe(d, admin, "/work/quarantine", false)
	d.Logf("opened %d messages on their tickets, %d mail frames, %d quarantined messages", tickets, frames, held)
}

// safe reads a page and refuses everything in it that could run. Our own pages load our own
// scripts by address; a frame loads none.
func safe(d *running.Desk, browser *http.Client, path string, frame bool) {
	d.Helper()
	status, text := d.Get(browser, path)
	if status != http.StatusOK {
		d.Errorf("%s answered %d", path, status)
		return
	}
	tree, err := html.Parse(strings.NewReader(text))
	if err != nil {
		d.Errorf("%s: %v", path, err)
		return
	}
	for n := range tree.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		switch n.Data {
		case "script":
			if src := attribute(n, "src"); frame || !strings.HasPrefix(src, "/assets/") {
				d.Errorf("%s holds a script: %q", path, src)
			}
		case "object", "embed", "applet", "base", "meta":
			if n.Data != "meta" || strings.EqualFold(attribute(n, "http-equiv"), "refresh") {
				d.Errorf("%s holds <%s>", path, n.Data)
			}
		case "iframe":
			if frame || !strings.HasPrefix(attribute(n, "src"), "/frame/") {
				d.Errorf("%s holds a foreign frame", path)
			}
		}
		for _, a := range n.Attr {
			value := strings.ToLower(strings.Join(strings.Fields(a.Val), ""))
			if strings.HasPrefix(a.Key, "on") || strings.HasPrefix(value, "javascript:") || strings.HasPrefix(value, "vbscript:") {
				d.Errorf("%s: <%s %s=%q>", path, n.Data, a.Key, a.Val)
			}
		}
	}
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
