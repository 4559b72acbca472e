// SPDX-License-Identifier: Apache-2.0

package app_test

import (
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var passwordLink = regexp.MustCompile(`(?m)^http://localhost:8080(/password/[a-z2-7]{26})$`)

func TestUserAddPrintsALinkToChooseAPassword(t *testing.T) {
	t.Parallel()
	d := serve(t, t.TempDir())
	x := newTerminal(t)
	x.want(0, "user", "add", "--data", d.dir, "--email", "ada@desk.example", "--name", "Ada", "--role", "agent")
	link := passwordLink.FindStringSubmatch(x.out.String())
	if link == nil {
		t.Fatalf("no link: %s", x.out.String())
	}
	if status, _ := ask(t, http.MethodGet, d.url+link[1], nil); status != http.StatusOK {
		t.Errorf("the link answers %d on the desk that runs beside", status)
	}
	again := newTerminal(t)
	again.want(2, "user", "add", "--data", d.dir, "--email", "ADA@desk.example", "--name", "Ada")
	if !strings.HasPrefix(again.err.String(), "email: ") {
		t.Error(again.err.String())
	}
}

func TestUserAddTakesAPasswordFromStandardInput(t *testing.T) {
	t.Parallel()
	d := serve(t, t.TempDir())
	short := newTerminal(t)
	short.in = "short\n"
	short.want(2, "user", "add", "--data", d.dir, "--email", "ada@desk.example", "--name", "Ada", "--password-stdin")
	x := newTerminal(t)
	x.in = "correct horse battery\r\n"
	x.want(0, "user", "add", "--data", d.dir, "--email", "ada@desk.example", "--name", "Ada", "--password-stdin")
	if x.out.String() != "" {
		t.Errorf("a link is printed all the same: %s", x.out.String())
	}
	form := map[string][]string{"email": {"ada@desk.example"}, "password": {"correct horse battery"}}
	if status, _ := ask(t, http.MethodPost, d.url+"/signin", form); status != http.StatusSeeOther {
		t.Errorf("signing in answers %d", status)
	}
}

func TestTokenCreatePrintsATokenThatWorksAtOnce(t *testing.T) {
	t.Parallel()
	d := serve(t, t.TempDir())
	newTerminal(t).want(0, "user", "add", "--data", d.dir, "--email", "ada@desk.example", "--name", "Ada", "--role", "agent")
	x := newTerminal(t)
	x.want(0, "token", "create", "--data", d.dir, "--user", "ada@desk.example", "--name", "script")
	token := strings.TrimSuffix(x.out.String(), "\n")
	if !regexp.MustCompile(`^ldk_[a-z2-7]{26}$`).MatchString(token) {
		t.Fatalf("the output is not the token alone: %q", x.out.String())
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, d.url+"/api/v1/tickets?limit=1", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		t.Errorf("the API answers %d", res.StatusCode)
	}
	nobody := newTerminal(t)
	nobody.want(1, "token", "create", "--data", d.dir, "--user", "eve@desk.example", "--name", "script")
	if !strings.Contains(nobody.err.String(), "eve@desk.example") {
		t.Error(nobody.err.String())
	}
}

func TestMigrateSaysFromWhereToWhere(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first, second := newTerminal(t), newTerminal(t)
	first.want(0, "migrate", "--data", dir)
	second.want(0, "migrate", "--data", dir)
	if !strings.Contains(first.out.String(), "from version 0 to ") || !strings.Contains(second.out.String(), "already") {
		t.Errorf("%s%s", first.out.String(), second.out.String())
	}
}

func TestDoctorSaysWhatToDo(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	absent := newTerminal(t)
	absent.want(0, "doctor", "--data", filepath.Join(dir, "absent"))
	if !strings.Contains(absent.out.String(), "[note]") {
		t.Error(absent.out.String())
	}
	d := serve(t, dir)
	beside := newTerminal(t)
	beside.want(0, "doctor", "--data", d.dir)
	for _, sentence := range []string{"can be read and written", "(sqlite)", "as this program wants", "clock is fine", "no administrator", "No job"} {
		if !strings.Contains(beside.out.String(), sentence) {
			t.Errorf("nothing about %q:\n%s", sentence, beside.out.String())
		}
	}
	open := newTerminal(t)
	open.want(3, "doctor", "--data", d.dir, "--http", "0.0.0.0:8080")
	if !strings.Contains(open.out.String(), "[mend]") {
		t.Error(open.out.String())
	}
	zh := newTerminal(t, "LANG", "zh_CN.UTF-8")
	zh.want(0, "doctor", "--data", d.dir)
	if strings.Contains(zh.out.String(), "⟦") || !strings.Contains(zh.out.String(), "正常") {
		t.Error(zh.out.String())
	}
}

func TestDoctorFindsWhatIsWrong(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	newTerminal(t).want(0, "migrate", "--data", dir)
	write(t, dir, "loopdesk.db", "this is no database, but long enough to be taken for one by a careless reader")
	x := newTerminal(t)
	x.want(3, "doctor", "--data", dir)
	if !strings.Contains(x.out.String(), "[mend]") {
		t.Error(x.out.String())
	}
}
