// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/notify"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// demoPassword is the one that all sample people sign in with. It is printed, and works
// nowhere but in a demo, which listens on this machine only unless told otherwise.
const demoPassword = "closed-loop-demo"

// demoMark is the file that tells a demo's folder from a real desk's.
const demoMark = "DEMO"

// demoAddress is the sample desk's own address.
const demoAddress = "it@qinglan.example"

// demoSigns are the people shown to whoever starts a demo, by address and what they are.
func demoSigns() [][2]string {
	return [][2]string{
		{"wang.haiyan@qinglan.example", "requester"},
		{"emily.carter@qinglan.example", "requester"},
		{"chen.li@qinglan.example", "agent"},
		{"sun.hao@qinglan.example", "agent"},
		{"tom.hale@qinglan.example", "agent"},
		{"zhou.min@qinglan.example", "lead"},
		{"zheng.ning@qinglan.example", "admin"},
	}
}

// demo runs a desk with a sample organisation in a fresh folder, or goes on with the one in
// --data. Its mail goes to a mailbox in this process and never leaves the machine.
func (c console) demo(ctx context.Context, conf Config) error {
	conf, temporary, err := demoFolder(conf)
	if err != nil {
		return err
	}
	if temporary {
		defer func() { _ = os.RemoveAll(conf.Data) }()
	}
	doors, err := demoDoors(ctx, conf)
	if err != nil {
		return err
	}
	defer doors.close()
	box, err := openMailbox(ctx)
	if err != nil {
		return err
	}
	defer box.close()
	o := Options{Log: newLog(conf, c.Err), Clock: clock.System(), Public: conf.publicURL(doors.HTTP.Addr().String()), box: box}
	h, err := OpenDemo(ctx, conf, o)
	if err != nil {
		return err
	}
	c.where(h, doors)
	c.say("app.demo_mail", "URL", h.Public+demoMailPath)
	if temporary {
		c.say("app.demo_temporary")
	} else {
		c.say("app.demo_kept", "Dir", conf.Data)
	}
	c.signs(ctx, h)
	return errors.Join(h.Run(ctx, doors), h.Close())
}

// signs prints who can sign in.
func (c console) signs(ctx context.Context, h *House) {
	c.say("app.demo_signs", "Password", demoPassword)
	for _, s := range demoSigns() {
		p, err := h.People.ByEmail(ctx, s[0])
		if err != nil {
			continue // changed since, in a folder that was kept
		}
		c.print(fmt.Sprintf("  %-32s %s · %s", p.Email, c.word("role", string(p.Role)), p.Name))
	}
}

// demoFolder decides where the demo lives: a fresh temporary folder where --data was left at
// its default, else the folder named, which must be empty or a demo's own.
func demoFolder(conf Config) (Config, bool, error) {
	if conf.Database != "" {
		return conf, false, errs.New(errs.Invalid, "app.demo_database")
	}
	if conf.Data == defaultOf("data") {
		dir, err := os.MkdirTemp("", "loopdesk-demo-")
		conf.Data = dir
		return conf, true, err
	}
	empty, err := isEmpty(conf.Data)
	if err != nil || empty {
		return conf, false, err
	}
	if _, err := os.Stat(filepath.Join(conf.Data, demoMark)); err != nil {
		return conf, false, errs.New(errs.Conflict, "app.demo_not_empty", "Dir", conf.Data)
	}
	return conf, false, nil
}

func defaultOf(name string) string {
	for _, k := range keys() {
		if k.Name == name {
			return k.Default
		}
	}
	return ""
}

// demoDoors listens as serve does, but takes any free port where a default one is taken: who
// tries a demo should not have to look for one.
func demoDoors(ctx context.Context, conf Config) (Doors, error) {
	for name, addr := range map[string]*string{"http": &conf.HTTP, "smtp": &conf.SMTP, "metrics": &conf.Metrics} {
		if *addr == "" || *addr != defaultOf(name) {
			continue
		}
		l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", *addr)
		if err != nil {
			*addr = "127.0.0.1:0"
			continue
		}
		_ = l.Close()
	}
	if conf.Turn == "" {
		conf.Turn = "127.0.0.1:0" // two windows on this machine may show each other their screens
	}
	return openDoors(ctx, conf)
}

// OpenDemo opens the desk of a demo without its doors, and fills it if it is fresh: its six
// weeks end at the time of the clock. Whoever opened it closes it.
func OpenDemo(ctx context.Context, conf Config, o Options) (*House, error) {
	s, err := openStores(ctx, conf, o)
	if err != nil {
		return nil, err
	}
	if err := s.DB.Migrate(ctx); err != nil {
		return nil, errors.Join(err, s.close())
	}
	mark := filepath.Join(conf.Data, demoMark)
	if _, err := os.Stat(mark); err != nil {
		if err := rehearse(ctx, conf, s, o); err != nil {
			return nil, errors.Join(err, s.close())
		}
		if o.box != nil {
			if err := correspond(ctx, conf, s, o); err != nil {
				return nil, errors.Join(err, s.close())
			}
		}
		if err := os.WriteFile(mark, []byte("A sample organisation; nothing here is real.\n"), fileMode); err != nil {
			return nil, errors.Join(err, s.close())
		}
	}
	h, err := build(ctx, conf, s, o)
	if err == nil {
		err = h.dressDemo(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	return h, nil
}

// dressDemo gives the sample people their password and points the mail at the mailbox of
// this process, whose port is another each time.
func (h *House) dressDemo(ctx context.Context) error {
	for _, s := range demoSigns() {
		p, err := h.People.ByEmail(ctx, s[0])
		if errs.KindOf(err) == errs.NotFound {
			continue
		}
		if err != nil {
			return err
		}
		if err := h.Sessions.SetPassword(ctx, p.ID, demoPassword); err != nil {
			return err
		}
	}
	if err := h.Suggest.Relearn(ctx); err != nil {
		return err
	}
	return h.dressMail(ctx)
}

// dressMail lets the desk write through the mailbox of this process, where there is one.
func (h *House) dressMail(ctx context.Context) error {
	if h.box == nil {
		return nil
	}
	m := notify.Mailing{
		Name: "青岚 IT 服务台", Address: demoAddress, Tagged: true, Host: h.box.host, Port: h.box.port, Security: notify.Plain,
	}
	return h.Notices.SaveMailing(ctx, access.Desk(), m, "", setting.AnyVersion)
}

// dressed is the desk's own setting in the sample organisation.
func dressed() setting.Desk {
	d := setting.Start()
	d.Name, d.Hotline = "青岚 IT 服务台", "6000"
	return d
}
