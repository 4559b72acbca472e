// SPDX-License-Identifier: Apache-2.0

package app_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/app"
	"github.com/loopdesk/loopdesk/internal/kit/i18n"
)

// printed reads what `loopdesk config` wrote as the configuration file that it is.
func printed(t *testing.T, x *terminal) map[string]any {
	t.Helper()
	var got map[string]any
	if err := toml.Unmarshal([]byte(x.out.String()), &got); err != nil {
		t.Fatalf("what config prints is no configuration file: %v\n%s", err, x.out.String())
	}
	return got
}

func TestTheCommandLineComesFirstThenTheEnvironmentThenTheFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := write(t, dir, "desk.toml", "http = \"127.0.0.1:1\"\nsmtp = \"127.0.0.1:2\"\nlog-level = \"warn\"\n")
	x := newTerminal(t, "LOOPDESK_CONFIG", file, "LOOPDESK_SMTP", "127.0.0.1:3", "LOOPDESK_LOG_LEVEL", "error", "LOOPDESK_DEVELOPMENT", "true")
	x.want(0, "config", "--log-level", "debug")
	got := printed(t, x)
	want := map[string]any{
		"http": "127.0.0.1:1", "smtp": "127.0.0.1:3", "log-level": "debug", "development": true, "metrics": "127.0.0.1:8081",
	}
	for key, v := range want {
		if got[key] != v {
			t.Errorf("%s = %v, want %v", key, got[key], v)
		}
	}
}

func TestTheFileInTheDataFolderIsRead(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "loopdesk.toml", "url = \"https://desk.example\"\ntrusted-proxies = [\"10.0.0.0/8\", \"192.0.2.7\"]\n")
	x := newTerminal(t)
	x.want(0, "config", "--data", dir)
	got := printed(t, x)
	if diff := cmp.Diff([]any{"10.0.0.0/8", "192.0.2.7"}, got["trusted-proxies"]); diff != "" || got["url"] != "https://desk.example" {
		t.Errorf("url %v, proxies %s", got["url"], diff)
	}
}

func TestWhatConfigPrintsCanBeReadBack(t *testing.T) {
	t.Parallel()
	x := newTerminal(t)
	x.want(0, "config")
	file := write(t, t.TempDir(), "saved.toml", x.out.String())
	y := newTerminal(t)
	y.want(0, "config", "--config", file)
	drop := func(m map[string]any) map[string]any { delete(m, "config"); return m }
	if diff := cmp.Diff(drop(printed(t, x)), drop(printed(t, y))); diff != "" {
		t.Error(diff)
	}
}

// Every key stands in help and config with its variable, in both languages (A78: secrets hidden).
func TestEveryKeyIsDocumented(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"zh_CN.UTF-8", "en_US.UTF-8"} {
		help, config := newTerminal(t, "LC_ALL", lang), newTerminal(t, "LC_ALL", lang)
		help.want(0, "help")
		config.want(0, "config")
		for _, k := range app.Keys() {
			for name, said := range map[string]string{"help": help.out.String(), "config": config.out.String()} {
				if !strings.Contains(said, k.Env) || strings.Contains(said, "⟦") {
					t.Errorf("%s in %s does not explain %s", name, lang, k.Name)
				}
			}
			for _, l := range i18n.Langs() {
				if !i18n.Has(l, k.Message) {
					t.Errorf("%s has no sentence in %s", k.Name, l)
				}
			}
		}
	}
}

func TestEveryCommandIsDocumented(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"zh_CN.UTF-8", "C"} {
		for _, words := range [][]string{
			{"serve"},
			{"demo"},
			{"migrate"},
			{"doctor"},
			{"backup"},
			{"restore"},
			{"user"},
			{"user", "add"},
			{"token"},
			{"token", "create"},
			{"config"},
			{"version"},
			{"help"},
		} {
			x := newTerminal(t, "LANG", lang)
			x.want(0, append([]string{"help"}, words...)...)
			if said := x.out.String(); strings.Contains(said, "⟦") || !strings.Contains(said, "loopdesk "+strings.Join(words, " ")) {
				t.Errorf("%s %v:\n%s", lang, words, said)
			}
		}
	}
}

func TestA78_PasswordsAreNotShown(t *testing.T) {
	t.Parallel()
	for _, url := range []string{
		"postgres://desk:hunter2@db.example/desk", "postgres://db.example/desk?password=hunter2&sslmode=require", "postgres://desk:hunter2@[::bad/desk",
	} {
		x := newTerminal(t, "LOOPDESK_DATABASE", url)
		x.want(0, "config")
		if said := x.out.String() + x.err.String(); strings.Contains(said, "hunter2") {
			t.Errorf("%s is shown:\n%s", url, said)
		}
	}
}

func TestWrongKeysAreNamed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	cases := map[string]struct {
		args []string
		says string
	}{
		"an address without a port":   {[]string{"config", "--http", "localhost"}, "http: "},
		"an address with a path":      {[]string{"config", "--url", "https://desk.example/it"}, "url: "},
		"a certificate without a key": {[]string{"config", "--tls-cert", "cert.pem"}, "tls-key: "},
		"another database":            {[]string{"config", "--database", "mysql://x"}, "database: "},
		"a network that is none":      {[]string{"config", "--trusted-proxies", "10.0.0.0/99"}, "trusted-proxies: "},
		"a level that is none":        {[]string{"config", "--log-level", "loud"}, "log-level"},
		"a key that does not exist":   {[]string{"config", "--config", write(t, dir, "a.toml", "htpp = \":80\"\n")}, "htpp"},
		"a table":                     {[]string{"config", "--config", write(t, dir, "b.toml", "[http]\naddr = \":80\"\n")}, "http"},
		"a file that is none":         {[]string{"config", "--config", write(t, dir, "c.toml", "http\n")}, "c.toml"},
		"a file that is absent":       {[]string{"config", "--config", filepath.Join(dir, "d.toml")}, "d.toml"},
		"a command that is none":      {[]string{"fly"}, "fly"},
		"a flag that is none":         {[]string{"serve", "--fast"}, "--fast"},
		"a value that is missing":     {[]string{"user", "add", "--email", "a@b.example"}, "--name"},
	}
	for name, c := range cases {
		x := newTerminal(t)
		x.want(2, c.args...)
		if said := x.err.String(); !strings.Contains(said, c.says) {
			t.Errorf("%s: %q does not name %q", name, said, c.says)
		}
	}
}

func TestThePublicAddress(t *testing.T) {
	t.Parallel()
	cases := []struct {
		conf     app.Config
		listener string
		want     string
		secure   bool
	}{
		{app.Config{}, "127.0.0.1:8080", "http://localhost:8080", false},
		{app.Config{}, "[::]:8080", "http://localhost:8080", false},
		{app.Config{}, "192.0.2.1:80", "http://192.0.2.1", false},
		{app.Config{TLSCert: "c"}, "0.0.0.0:443", "https://localhost", true},
		{app.Config{URL: "https://desk.example/"}, "127.0.0.1:8080", "https://desk.example", true},
		{app.Config{URL: "http://desk.example", SecureCookies: "yes"}, "127.0.0.1:8080", "http://desk.example", true},
		{app.Config{URL: "https://desk.example", SecureCookies: "no"}, "127.0.0.1:8080", "https://desk.example", false},
	}
	for _, c := range cases {
		c.conf.HTTP = c.listener
		if got := c.conf.PublicURL(c.listener); got != c.want || c.conf.Secure() != c.secure {
			t.Errorf("%+v: %s, secure %v; want %s, %v", c.conf, got, c.conf.Secure(), c.want, c.secure)
		}
	}
}

func TestTheLanguageOfTheTerminal(t *testing.T) {
	t.Parallel()
	cases := []struct {
		env  []string
		want string
	}{
		{[]string{"LANG", "zh_CN.UTF-8"}, "命令："},
		{[]string{"LANG", "en_US.UTF-8"}, "Commands:"},
		{[]string{"LANG", "zh_CN.UTF-8", "LC_ALL", "en_GB"}, "Commands:"},
		{[]string{"LANG", "de_DE.UTF-8", "LC_MESSAGES", "zh_TW"}, "命令："},
		{[]string{"LANG", "C"}, "Commands:"},
		{[]string{"LANG", ""}, "Commands:"},
	}
	for _, c := range cases {
		x := newTerminal(t, c.env...)
		x.want(0)
		if !strings.Contains(x.out.String(), c.want) {
			t.Errorf("%v: not in this language: %s", c.env, c.want)
		}
	}
}
