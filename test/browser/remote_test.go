// SPDX-License-Identifier: Apache-2.0

package browser_test

import (
	"net"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/page"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/remote"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// green is true once a video shows the ground that Chromium paints its own screen with: pixels
// that went the whole way, and not a box that waits for them.
const green = `(v => {
	if (!v?.videoWidth) return false;
	const c = document.createElement("canvas");
	c.width = v.videoWidth; c.height = v.videoHeight;
	const g = c.getContext("2d");
	g.drawImage(v, 0, 0);
	const [r, y, b] = g.getImageData(c.width - 12, c.height - 12, 1, 1).data;
	return r < 60 && y > 90 && y < 190 && b < 60;
})(document.querySelector("[data-remote-video]"))`

// relayed is a house whose shared screens go through its own relay and by no other way.
func relayed(t *testing.T) *apptest.House {
	t.Helper()
	h := apptest.New(t)
	h.TURN()
	p := remote.Start()
	p.RelayOnly = true
	if err := setting.Save(t.Context(), h.Settings, access.Desk(), remote.PolicyName, p, 0); err != nil {
		t.Fatal(err)
	}
	return h
}

// asksForScreen lets an agent ask on the page of a ticket, by keyboard.
func (b *tab) asksForScreen(v ticket.Ticket, pictures bool) {
	b.Helper()
	b.goTo("/work/tickets/" + v.Ref() + "/remote")
	b.arrives("/work/tickets/" + v.Ref() + "/remote")
	if pictures {
		b.tick("#f-pictures")
	}
	b.tap("请用户共享屏幕")
	b.sees("that it waits", `document.readyState === "complete" && document.querySelector("[data-remote=viewer]")`)
}

// shows lets the requester agree, by the words of the button where they are not Chinese, and choose a screen.
func (b *tab) shows(v ticket.Ticket, pictures bool, agree ...string) {
	b.Helper()
	b.bear("camera is not allowed") // the screen that Chromium draws for tests is a camera to it
	b.goTo("/requests/" + v.Ref() + "/share")
	b.sees("the question", `document.readyState === "complete" && document.querySelector("[data-remote-agree]")`)
	if pictures {
		b.tick("#f-pictures")
	}
	b.tap(append(agree, "同意，去选择窗口")[0])
	b.sees("the window that may show", `document.readyState === "complete" && document.querySelector("[data-remote=sharer]")`)
	b.click("[data-remote-choose]")
	b.sees("the own screen", green)
}

// Two windows, a requester's and an agent's: asked, agreed, seen through the relay of the desk
// alone, pointed at, kept as a picture, stopped; and all of it stands on the ticket.
func TestN26_AScreenThroughTheRelayAlone(t *testing.T) {
	t.Parallel()
	h := relayed(t)
	v := taken(t, h, "报表导出一半就停")
	agent, user := asAgent(t, h), asRequester(t, h)
	agent.asksForScreen(v, true)
	user.goTo("/requests/" + v.Ref())
	user.sees("that somebody asks", `document.querySelector("#share a[href$='/share']")`)
	user.shows(v, true)
	agent.sees("the screen, pixel by pixel", green)
	if n := h.Relay.Sitting(); n < 2 {
		t.Errorf("%d places of the relay are taken: the picture came another way", n)
	}
	user.sees("that it is seen", `document.querySelector("[data-remote=sharer]").dataset.state === "live"`)
	agent.accessible("the agent's side")
	agent.size(wide)
	user.accessible("the requester's side")
	user.size(wide)

	agent.run(`document.querySelector("[data-remote-stage]").focus()`)
	agent.press("Down")
	agent.sees("the own pointer", `!document.querySelector("[data-remote-pointer]").hidden`)
	user.sees("where the agent points", `!document.querySelector("[data-remote-pointer]").hidden && document.querySelector("[data-remote-pointer]").style.top !== ""`)

	agent.click("[data-remote-keep]")
	agent.sees("that a picture was kept", `document.querySelector("[data-remote-kept]").textContent.includes("1")`)

	user.click("[data-remote-stop] button")
	user.sees("that it is over", `document.querySelector("#over")`)
	agent.sees("that it is over", `document.readyState === "complete" && document.querySelector("#ask") && !document.querySelector("[data-remote=viewer]")`)

	list, err := h.Tickets.Thread(t.Context(), access.Desk(), now(t, h, v))
	if err != nil {
		t.Fatal(err)
	}
	var facts []string
	files := 0
	for _, e := range list {
		if strings.HasPrefix(e.Record.Name, "ticket.remote_") {
			facts = append(facts, strings.TrimPrefix(e.Record.Name, "ticket.remote_"))
		}
		if e.Message != nil && e.Message.Kind == ticket.Internal {
			files += len(e.Message.Attached)
		}
	}
	if want := []string{"asked", "agreed", "started", "pictured", "ended"}; !slices.Equal(facts, want) || files != 1 {
		t.Errorf("the ticket says %v, with %d files", facts, files)
	}
}

// The agent's window is closed and opened again, the link is opened a second time, and the agent
// stops: each side is told.
func TestN26_ASecondWindowAndAnAgentWhoComesBack(t *testing.T) {
	t.Parallel()
	h := relayed(t)
	v := taken(t, h, "报表导出一半就停")
	agent, user := asAgent(t, h), asRequester(t, h)
	agent.asksForScreen(v, false)
	user.shows(v, false)
	agent.sees("the screen", green)
	agent.goTo("/work/tickets/" + v.Ref())
	agent.sees("that it is open", `document.querySelector("#head").innerText.includes("正在查看屏幕")`)
	agent.goTo("/work/tickets/" + v.Ref() + "/remote")
	agent.sees("the screen again", green)

	second := asRequester(t, h)
	second.goTo("/requests/" + v.Ref() + "/share")
	second.sees("that another window shows it", `document.querySelector("#elsewhere")`)
	second.accessible("the second window")

	agent.size(wide)
	agent.tap("停止查看")
	user.sees("that it is over", `document.querySelector("#over")`)
	second.sees("that it is over there, too", `document.querySelector("#over")`)
}

// A browser that cannot show a screen says so, with what to do, and tells the agent.
func TestN26_ABrowserThatCannotShowAScreen(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	v := taken(t, h, "报表导出一半就停")
	if _, err := h.Remote.Ask(t.Context(), apptest.Actor(h.Person(access.Agent), "web"), ticket.Target{ID: v.ID}, false); err != nil {
		t.Fatal(err)
	}
	b := asRequester(t, h)
	call(b, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: `delete MediaDevices.prototype.getDisplayMedia`})
	b.size(narrow)
	b.goTo("/requests/" + v.Ref() + "/share")
	b.sees("what to do instead", `!document.querySelector("[data-remote-unable]").hidden && document.querySelector("[data-remote-agree]").hidden`)
	b.accessible("the page")
	b.tap("告诉支持人员")
	b.sees("that it is over", `document.readyState === "complete" && document.querySelector("#over")`)
	agent := asAgent(t, h)
	agent.goTo("/work/tickets/" + v.Ref() + "/remote")
	agent.reads("用户的浏览器不支持")
}

// unreachable is a house that tells browsers of a relay at which nobody answers, and that allows no
// other way.
func unreachable(t *testing.T) *apptest.House {
	t.Helper()
	h := apptest.New(t)
	udp, err := (&net.ListenConfig{}).ListenPacket(t.Context(), "udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = udp.Close() })
	h.OpenRelay(udp, nil) // told, and never served
	p := remote.Start()
	p.RelayOnly = true
	if err := setting.Save(t.Context(), h.Settings, access.Desk(), remote.PolicyName, p, 0); err != nil {
		t.Fatal(err)
	}
	return h
}

// Nobody answers at the relay: after a few tries the session ends by itself, both sides read why and
// what they can do instead, and the ticket keeps the reason.
func TestN26_ARelayThatIsNotReachedIsExplained(t *testing.T) {
	t.Parallel()
	h := unreachable(t)
	v := taken(t, h, "报表导出一半就停")
	agent, user := asAgent(t, h), asRequester(t, h)
	agent.asksForScreen(v, false)
	// The clock of the page: what it waits for 25 seconds comes at once.
	call(user, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{
		Source: `{ const later = window.setTimeout; window.setTimeout = (f, ms, ...a) => later(f, ms === 25000 ? 300 : ms, ...a); }`,
	})
	user.shows(v, false)
	user.sees("that it is over, and why", `document.readyState === "complete" && document.querySelector("#over")?.innerText.includes("没能连上")`)
	user.reads("远程控制工具")
	user.accessible("the requester's side")
	agent.sees("that it is over", `document.readyState === "complete" && document.querySelector("#ask") && !document.querySelector("[data-remote=viewer]")`)
	agent.reads("两边的浏览器连不上")
	agent.accessible("the agent's side")
	list, err := h.Tickets.Thread(t.Context(), access.Desk(), now(t, h, v))
	if err != nil {
		t.Fatal(err)
	}
	reason := ""
	for _, e := range list {
		if f, ok := e.Fact.(ticket.RemoteEnded); ok {
			reason = f.Reason
		}
	}
	if reason != string(remote.Unreachable) {
		t.Errorf("the ticket says that it ended %q", reason)
	}
}

// Both sides as they are seen, for docs/screenshots.
func TestScreenshotsOfRemoteHelp(t *testing.T) {
	h := relayed(t)
	v := taken(t, h, "报表导出一半就停")
	agent, user := asAgent(t, h), asRequester(t, h)
	agent.asksForScreen(v, true)
	user.series([]picture{{name: "share-question", path: "/requests/" + v.Ref() + "/share", narrow: true}})
	user.size(wide)
	user.speak("zh-CN")
	user.paint("light")
	user.shows(v, true)
	agent.series([]picture{{name: "share-agent", path: "/work/tickets/" + v.Ref() + "/remote", act: func(b *tab) {
		b.sees("the screen", green)
		b.run(`document.querySelector("[data-remote-stage]").focus()`)
		b.press("Down", "Down")
		b.sees("the pointer", `!document.querySelector("[data-remote-pointer]").hidden`)
	}}})
	user.sees("the pointer", `!document.querySelector("[data-remote-pointer]").hidden`)
	user.file(wide, "share-requester-zh-light")
	if !*write {
		return // the other look needs a share of its own, which shows nothing that this one did not
	}
	v = taken(t, h, "The export of the report stops halfway")
	agent.speak("zh-CN")
	agent.asksForScreen(v, true)
	user.speak("en")
	user.paint("dark")
	user.shows(v, true, "Agree and choose a window")
	agent.sees("the screen", green)
	agent.run(`document.querySelector("[data-remote-stage]").focus()`)
	agent.press("Down", "Down")
	user.sees("the pointer", `!document.querySelector("[data-remote-pointer]").hidden`)
	user.file(wide, "share-requester-en-dark")
}
