// SPDX-License-Identifier: Apache-2.0

package app_test

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/app"
	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// attached records a ticket with a file and returns both.
func attached(t *testing.T, h *app.House, who access.Actor, body string) (ticket.Ticket, ticket.Attachment) {
	t.Helper()
	file, err := h.Tickets.Stage(t.Context(), who, ticket.File{Name: "screen.txt", Data: strings.NewReader(body)})
	if err != nil {
		t.Fatal(err)
	}
	made, _, err := h.Tickets.Record(t.Context(), who, ticket.Request{
		Requester: 1, Channel: ticket.Portal, Say: ticket.Say{Text: "The screen stays dark.", Files: []string{file.Token}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return made, file
}

// backedUp is the path of a backup of a desk with one ticket, and what was in it.
func backedUp(t *testing.T) (path string, made ticket.Ticket, file ticket.Attachment) {
	t.Helper()
	dir := t.TempDir()
	h := apptest.New(t, apptest.Configured(func(c *app.Config) { c.Data = dir }))
	user := h.Person(access.Requester)
	made, file = attached(t, h.House, apptest.Actor(user, "portal"), "what the screen said")
	path = filepath.Join(t.TempDir(), "desk.tar")
	newTerminal(t).want(0, "backup", "--data", dir, path) // while the house stands
	return path, made, file
}

func TestP11_ABackupTakenWhileTheDeskRunsComesBackWhole(t *testing.T) {
	t.Parallel()
	path, made, file := backedUp(t)
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v: the backup holds the master key", info.Mode(), err)
	}
	dir := filepath.Join(t.TempDir(), "restored")
	newTerminal(t).want(0, "restore", "--data", dir, path)
	h, err := app.Open(context.WithoutCancel(t.Context()), app.Config{Data: dir}, app.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = h.Close() }()
	got, err := h.Tickets.Get(t.Context(), access.Desk(), ticket.Target{ID: made.ID})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(made, got); diff != "" {
		t.Error(diff)
	}
	_, body, err := h.Tickets.Attachment(t.Context(), access.Desk(), made.ID, file.Token)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(body)
	if err != nil || string(text) != "what the screen said" {
		t.Errorf("the attachment says %q, %v", text, err)
	}
	_ = body.Close()
}

// F25: whatever bit of a backup is wrong, and wherever it ends early, nothing of it is restored.
func TestF25_ADamagedBackupIsRefusedAndLeavesNothing(t *testing.T) {
	t.Parallel()
	path, _, _ := backedUp(t)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	parent := t.TempDir()
	try := func(what string, at int, body []byte) {
		t.Helper()
		bad := write(t, t.TempDir(), "bad.tar", string(body))
		x := newTerminal(t)
		if code := x.run("restore", "--data", filepath.Join(parent, "desk"), bad); code != 2 {
			t.Errorf("%s at byte %d: exit code %d\n%s", what, at, code, x.err.String())
		}
	}
	n := len(whole)
	places := []int{0, 1, 124, 511, 512, n / 2, n - 2049, n - 2048, n - 1536, n - 1500, n - 1024, n - 1}
	for i := range 100 {
		places = append(places, (i*7919+131)%n)
	}
	for i, at := range places {
		body := bytes.Clone(whole)
		body[at] ^= 1 << (i % 8)
		try("a flipped bit", at, body)
		try("an early end", at, whole[:at])
	}
	try("a longer file", n, append(slices.Clone(whole), 0))
	if list, err := os.ReadDir(parent); err != nil || len(list) != 0 {
		t.Errorf("left behind: %v, %v", list, err)
	}
}

func TestRestoreOverwritesNothing(t *testing.T) {
	t.Parallel()
	path, _, _ := backedUp(t)
	dir := t.TempDir()
	write(t, dir, "precious.txt", "mine")
	x := newTerminal(t)
	x.want(1, "restore", "--data", dir, path)
	if list, err := os.ReadDir(dir); err != nil || len(list) != 1 {
		t.Errorf("the folder holds %v, %v", list, err)
	}
}

func TestBackupOverwritesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	newTerminal(t).want(0, "migrate", "--data", dir)
	there := write(t, t.TempDir(), "old.tar", "an older backup")
	x := newTerminal(t)
	x.want(1, "backup", "--data", dir, there)
	if body, err := os.ReadFile(there); err != nil || string(body) != "an older backup" {
		t.Errorf("the file says %q, %v", body, err)
	}
	empty := newTerminal(t)
	empty.want(1, "backup", "--data", filepath.Join(dir, "none"), filepath.Join(dir, "x.tar"))
}

// What a backup that was killed leaves beside its name is in nobody's way.
func TestP11_ABackupThatWasKilledIsTakenAgain(t *testing.T) {
	t.Parallel()
	dir, to := t.TempDir(), t.TempDir()
	newTerminal(t).want(0, "migrate", "--data", dir)
	for _, left := range []string{"desk.tar.part", "desk.tar.part.db", "desk.tar.part.db.part"} {
		write(t, to, left, "half")
	}
	path := filepath.Join(to, "desk.tar")
	newTerminal(t).want(0, "backup", "--data", dir, path)
	if list, err := os.ReadDir(to); err != nil || len(list) != 1 {
		t.Errorf("the folder holds %v, %v", list, err)
	}
	newTerminal(t).want(0, "restore", "--data", filepath.Join(t.TempDir(), "restored"), path)
}
