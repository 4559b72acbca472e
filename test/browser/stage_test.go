// SPDX-License-Identifier: Apache-2.0

package browser_test

import (
	"context"
	"errors"
	"flag"
	"net/http/httptest"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/loopdesk/loopdesk/internal/app"
	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/notify"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
)

// The stage is opened when the first test needs it and closed after the last one: one Chromium
// without a window, one whole one, and a sample desk for each language for all that only look at it.
var (
	chromium = sync.OnceValues(openShell)
	whole    = sync.OnceValues(func() (context.Context, error) { return openChromium() })
	sample   = sync.OnceValues(openSample)
	english  = sync.OnceValues(openSample) // whose people read English: the language is kept with the person
	stage    sync.Mutex                    // guards closing
	closing  []func()
)

// atTheEnd is done after the last test, the last first.
func atTheEnd(list ...func()) {
	stage.Lock()
	defer stage.Unlock()
	closing = append(closing, list...)
}

func TestMain(m *testing.M) {
	flag.Parse()
	code := m.Run()
	for i := len(closing) - 1; i >= 0; i-- {
		closing[i]()
	}
	os.Exit(code)
}

// openShell starts the Chromium without a window of its own: the same engine at half the work. Its pages
// live too short for what the engine does to be fast later.
func openShell() (context.Context, error) {
	opts := []chromedp.ExecAllocatorOption{chromedp.Flag("js-flags", "--no-opt,--no-maglev,--min-semi-space-size=64")}
	if at, err := exec.LookPath("chromium-headless-shell"); err == nil { // not every system packs it
		opts = append(opts, chromedp.ExecPath(at))
	}
	return openChromium(opts...)
}

// openChromium starts the browser. It runs without its own sandbox, because tests run as root
// in many a container, and asks nobody for updates.
func openChromium(more ...chromedp.ExecAllocatorOption) (context.Context, error) {
	opts := append(chromedp.DefaultExecAllocatorOptions[:], //nolint:gocritic // an array: append copies it
		chromedp.NoSandbox, chromedp.DisableGPU, chromedp.WindowSize(1440, 900), chromedp.WSURLReadTimeout(time.Minute),
		chromedp.Flag("hide-scrollbars", true),
		// Whoever is asked for a screen shows one that Chromium draws itself, and is asked by nobody.
		chromedp.Flag("use-fake-ui-for-media-stream", true), chromedp.Flag("use-fake-device-for-media-stream", true), chromedp.Flag("font-render-hinting", "none"))
	opts = append(opts, more...)
	machine, stop := chromedp.NewExecAllocator(context.Background(), opts...)
	browser, leave := chromedp.NewContext(machine)
	atTheEnd(stop, leave)
	if err := chromedp.Do(browser); err != nil {
		return nil, errors.Join(errors.New("the browser tests need Chromium; tools/test installs it"), err)
	}
	return browser, nil
}

// noon is when the clock of the sample desk stands still: a Monday morning in its zone.
func noon() time.Time { return time.Date(2026, 3, 2, 2, 42, 0, 0, time.UTC) }

// desk is a house as a browser reaches it.
type desk struct {
	*app.House
	url string
}

// people of the sample desk, by what they are.
const (
	wang   = "wang.haiyan@qinglan.example"  // a requester
	emily  = "emily.carter@qinglan.example" // a requester who reads English
	chen   = "chen.li@qinglan.example"      // an agent
	hale   = "tom.hale@qinglan.example"     // an agent who reads English
	zheng  = "zheng.ning@qinglan.example"   // an administrator
	nobody = ""
)

// openSample fills a sample desk and opens its door on the loopback. No job runs in it, so
// that it stays as it is.
func openSample() (desk, error) {
	dir, err := os.MkdirTemp("", "loopdesk-browser-")
	if err != nil {
		return desk{}, err
	}
	web := httptest.NewUnstartedServer(nil)
	url := "http://" + web.Listener.Addr().String()
	ctx := context.Background()
	h, err := app.OpenDemo(ctx, app.Config{Data: dir, SecureCookies: "auto"}, app.Options{Clock: clock.NewManual(noon()), Public: url})
	if err != nil {
		return desk{}, err
	}
	web.Config.Handler = h.Handler()
	web.Start()
	atTheEnd(func() {
		h.Pages.Close()
		web.Close()
		_ = h.Close()
		_ = os.RemoveAll(dir)
	})
	for _, addr := range []string{wang, emily, chen, hale, zheng} {
		p, err := h.People.ByEmail(ctx, addr)
		if err == nil {
			err = h.Sessions.SetPassword(ctx, p.ID, apptest.Passphrase)
		}
		if err != nil {
			return desk{}, err
		}
	}
	m := notify.Mailing{Name: "青岚 IT 服务台", Address: "it@qinglan.example", Tagged: true, Host: "smtp.qinglan.example", Port: 587, Security: notify.StartTLS, User: "it"}
	return desk{h, url}, h.Notices.SaveMailing(ctx, access.Desk(), m, "mail-secret", setting.AnyVersion)
}

// sampleDesk is the sample desk, for a test that changes nothing.
func sampleDesk(t *testing.T) desk { t.Helper(); return sampleDeskIn(t, "zh-CN") }

// sampleDeskIn is the sample desk on which everybody reads one language.
func sampleDeskIn(t *testing.T, lang string) desk {
	t.Helper()
	open := sample
	if lang == "en" {
		open = english
	}
	d, err := open()
	if err != nil {
		t.Fatal(err)
	}
	return d
}
